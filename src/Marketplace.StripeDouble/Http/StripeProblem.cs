using System.Text.Json.Nodes;

namespace Marketplace.StripeDouble.Http;

/// <summary>A refusal in the shape of Stripe's error object.</summary>
internal sealed class StripeProblem(int status, string type, string? code, string message, string? param = null) : Exception(message)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>Whether what the call wrote before it was refused stays, as with a declined card.</summary>
    public bool KeepsEffects { get; init; }

    /// <summary>The charge that was declined.</summary>
    public string? Charge { get; init; }

    /// <summary>The bank's reason.</summary>
    public string? DeclineCode { get; init; }

    public static StripeProblem Invalid(string? code, string message, string? param = null) =>
        new(400, "invalid_request_error", code, message, param);

    public static StripeProblem Missing(string kind, string id, string param = "id") =>
        new(404, "invalid_request_error", "resource_missing", $"No such {kind}: '{id}'", param);

    public JsonObject ToJson()
    {
        var error = new JsonObject { ["type"] = type, ["message"] = Message };
        if (code is not null) error["code"] = code;
        if (param is not null) error["param"] = param;
        if (Charge is not null) error["charge"] = Charge;
        if (DeclineCode is not null) error["decline_code"] = DeclineCode;
        return new JsonObject { ["error"] = error };
    }
}
