using System.Diagnostics.CodeAnalysis;
using System.Text;
using Azure;
using Azure.Core;

namespace Marketplace.Conformance.Tests.Azure;

/// <summary>An answer that no server gave.</summary>
internal sealed class WireAnswer : Response
{
    private readonly Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);

    private WireAnswer(int status, string contentType, string body)
    {
        Status = status;
        ContentStream = new MemoryStream(Encoding.UTF8.GetBytes(body));
        headers["Content-Type"] = contentType;
    }

    public override int Status { get; }

    public override string ReasonPhrase => "Injected";

    public override Stream? ContentStream { get; set; }

    public override string ClientRequestId { get; set; } = "";

    public static WireAnswer Refusal(int status, string code) => new(status, "application/json", Error(code));

    /// <summary>A page without rows that goes on at a continuation.</summary>
    public static WireAnswer EmptyPage(string nextPartition, string? nextRow)
    {
        var answer = new WireAnswer(200, "application/json", """{"value":[]}""");
        answer.headers["x-ms-continuation-NextPartitionKey"] = nextPartition;
        if (nextRow is not null) answer.headers["x-ms-continuation-NextRowKey"] = nextRow;
        return answer;
    }

    /// <summary>A transaction that was refused because its first row has changed.</summary>
    public static WireAnswer StaleBatch()
    {
        const string Code = "UpdateConditionNotSatisfied";
        string[] lines =
        [
            "--batchresponse_x", "Content-Type: multipart/mixed; boundary=changesetresponse_y", "",
            "--changesetresponse_y", "Content-Type: application/http", "Content-Transfer-Encoding: binary", "",
            "HTTP/1.1 412 Precondition Failed", "Content-Type: application/json", "", Error(Code),
            "--changesetresponse_y--", "--batchresponse_x--", "",
        ];
        return new WireAnswer(202, "multipart/mixed; boundary=batchresponse_x", string.Join("\r\n", lines));
    }

    public override void Dispose() => ContentStream?.Dispose();

    protected override bool ContainsHeader(string name) => headers.ContainsKey(name);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => headers.Select(header => new HttpHeader(header.Key, header.Value));

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value) => headers.TryGetValue(name, out value);

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = headers.TryGetValue(name, out var value) ? [value] : null;
        return values is not null;
    }

    private static string Error(string code) =>
        """{"odata.error":{"code":"CODE","message":{"lang":"en-US","value":"0:Injected."}}}""".Replace("CODE", code, StringComparison.Ordinal);
}
