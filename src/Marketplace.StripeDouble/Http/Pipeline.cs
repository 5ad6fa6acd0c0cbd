using System.Security.Cryptography;
using System.Text;
using Marketplace.StripeDouble.Faults;
using Marketplace.StripeDouble.Storage;
using Marketplace.StripeDouble.Webhooks;
using Microsoft.AspNetCore.Http;

namespace Marketplace.StripeDouble.Http;

/// <summary>What every call passes: the key, faults, parameters, idempotency, one transaction, then the webhooks.</summary>
internal sealed class Pipeline(ObjectStore store, StripeDoubleOptions options, FaultPlan faults, WebhookSender webhooks)
{
    private const long KeyLifetimeSeconds = 24 * 3600;

    public async Task Handle(HttpContext context, Route route)
    {
        var body = await ReadForm(context.Request);
        var fault = faults.Take(context.Request.Method, context.Request.Path);
        if (fault is FaultKind.ResetBeforeCommit)
        {
            context.Abort();
            return;
        }

        var (status, answer, replayed) = fault switch
        {
            FaultKind.ServerError => (500, Error(500, "api_error", null, "Something went wrong on Stripe's end."), false),
            FaultKind.TooManyRequests => (429, Error(429, "invalid_request_error", "rate_limit", "Too many requests hit the API too quickly."), false),
            _ => Run(context, route, body, fault is FaultKind.KeptServerError),
        };
        if (status == 200) webhooks.Wake();
        if (fault is FaultKind.ResetAfterCommit)
        {
            context.Abort();
            return;
        }

        if (fault is FaultKind.TimeoutAfterCommit) await Silence(context.RequestAborted);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        if (replayed) context.Response.Headers["Idempotent-Replayed"] = "true";
        await context.Response.WriteAsync(answer, context.RequestAborted);
    }

    private (int Status, string Answer, bool Replayed) Run(HttpContext context, Route route, string body, bool keepServerError)
    {
        var key = route.Method == "POST" && context.Request.Headers.TryGetValue("Idempotency-Key", out var given) ? given.ToString() : null;
        var request = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{route.Method} {context.Request.Path}\n{body}")));
        return store.Transact<(int, string, bool)>(() =>
        {
            try
            {
                Authenticate(context.Request);
                var now = options.Clock.GetUtcNow().ToUnixTimeSeconds();
                store.PruneKeys(now - KeyLifetimeSeconds);
                if (key is not null && store.FindKey(key) is { } kept)
                {
                    if (kept.Request != request) throw new StripeProblem(400, "idempotency_error", null,
                        $"Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '{key}' if you meant to execute a different request.");
                    return ((kept.Status, kept.Body, true), false);
                }

                var (status, answer, keep) = keepServerError
                    ? (500, Error(500, "api_error", null, "Something went wrong on Stripe's end."), true)
                    : Execute(context, route, body, key);
                if (keep && key is not null) store.SaveKey(key, new KeptAnswer(request, status, answer), now);
                return ((status, answer, false), keep);
            }
            catch (StripeProblem problem)
            {
                return ((problem.Status, problem.ToJson().ToJsonString(), false), false);
            }
        });
    }

    /// <summary>Runs the endpoint; a refusal that keeps its effects is an answer like any other.</summary>
    private (int Status, string Answer, bool Keep) Execute(HttpContext context, Route route, string body, string? key)
    {
        try
        {
            var form = Form.Parse(body);
            ParameterSchema.Check(form, route.Options);
            var values = context.Request.RouteValues.ToDictionary(value => value.Key, value => value.Value!.ToString()!);
            var call = new Call(store, options, form, values) { IdempotencyKey = key };
            var result = route.Handle(call);
            var view = Views.Render(result, store, call.Now);
            foreach (var path in call.Texts("expand")) Views.Expand(view, path.Split('.'), store, call.Now);
            return (200, view.ToJsonString(), route.Method == "POST");
        }
        catch (StripeProblem problem) when (problem.KeepsEffects)
        {
            return (problem.Status, problem.ToJson().ToJsonString(), true);
        }
    }

    private void Authenticate(HttpRequest request)
    {
        if (request.Headers.Authorization != $"Bearer {options.ApiKey}")
            throw new StripeProblem(401, "invalid_request_error", "api_key_invalid", "Invalid API Key provided.");
        if (request.Headers.TryGetValue("Stripe-Version", out var version) && version != Stripe.StripeConfiguration.ApiVersion)
            throw StripeProblem.Invalid(null, $"The double speaks version {Stripe.StripeConfiguration.ApiVersion}, not {version}.");
    }

    private static async Task<string> ReadForm(HttpRequest request)
    {
        if (request.Method == "GET") return request.QueryString.Value?.TrimStart('?') ?? "";
        using var reader = new StreamReader(request.Body);
        return await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
    }

    private static async Task Silence(CancellationToken gone)
    {
        var never = new TaskCompletionSource();
        await using var registration = gone.Register(() => never.TrySetResult());
        await never.Task;
    }

    private static string Error(int status, string type, string? code, string message) =>
        new StripeProblem(status, type, code, message).ToJson().ToJsonString();
}
