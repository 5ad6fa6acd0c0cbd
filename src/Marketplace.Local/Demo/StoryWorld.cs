using System.Text.Json;
using Marketplace.Api.Auth;
using Marketplace.Client;
using Marketplace.StripeDouble;
using NodaTime;
using NodaTime.Text;

namespace Marketplace.Local.Demo;

/// <summary>Where the story plays: a host on a test clock, seen from outside through its API.</summary>
/// <param name="Url">Where the API listens.</param>
/// <param name="StripeDoubleUrl">Where the Stripe double listens.</param>
/// <param name="Tokens">Issues tokens that the host accepts.</param>
/// <param name="KeyFolder">Where machines keep their keys.</param>
/// <param name="ClaimShare">How much of the measured rate honest providers claim, above 0 and below 1.</param>
internal sealed record StoryWorld(Uri Url, Uri StripeDoubleUrl, LocalTokenIssuer Tokens, string KeyFolder, double ClaimShare) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly HttpClient http = new() { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>The operator of the platform, who is its finance department too.</summary>
    public MarketplaceClient Platform => ClientOf(Tokens.Issue("operator", null, Scopes.All, TimeSpan.FromHours(12)));

    /// <summary>Anybody, without a token.</summary>
    public MarketplaceClient Public => new(http, new MarketplaceClientOptions { Patience = Patience });

    /// <summary>An organisation's own client.</summary>
    public MarketplaceClient As(string organisationId) => ClientOf(TokenOf(organisationId));

    /// <summary>A token with all that an organisation may do.</summary>
    public string TokenOf(string organisationId) =>
        Tokens.Issue(organisationId, OrganisationId.Parse(organisationId), Scopes.OfOrganisations, TimeSpan.FromHours(12));

    /// <summary>A client with a machine's own tokens.</summary>
    public MarketplaceClient As(MachineIdentity machine) => new(http, Client.Tokens.MachineToken.Options(machine.Key, machine.Enrolment, TimeProvider.System, Patience));

    /// <summary>The market's time.</summary>
    public async Task<Instant> NowAsync(CancellationToken cancellationToken) =>
        InstantPattern.ExtendedIso.Parse((await Public.GetTimeAsync(cancellationToken)).Now).GetValueOrThrow();

    /// <summary>Advances the test clock. What was asked of a host that died on the way is asked again.</summary>
    public async Task AdvanceAsync(Instant to, CancellationToken cancellationToken)
    {
        while (await NowAsync(cancellationToken) < to)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/test-clock/advance")
                {
                    Content = JsonContent.Create(new { to = InstantPattern.ExtendedIso.Format(to) }),
                };
                request.Headers.Authorization = new("Bearer", Tokens.Issue("operator", null, Scopes.All, TimeSpan.FromHours(1)));
                using var answer = await http.SendAsync(request, cancellationToken);
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(100, cancellationToken);
            }
        }
    }

    /// <summary>The lines of an invoice, as the payment service holds them.</summary>
    public async Task<IReadOnlyList<(string Id, long AmountMinor)>> ListExternalLinesAsync(string externalInvoiceId, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(StripeDoubleUrl, $"/v1/invoices/{externalInvoiceId}/lines"));
        request.Headers.Authorization = new("Bearer", new StripeDoubleOptions().ApiKey);
        using var answer = await http.SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
        using var body = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(cancellationToken), default, cancellationToken);
        return [.. body.RootElement.GetProperty("data").EnumerateArray().Select(line => (line.GetProperty("id").GetString()!, line.GetProperty("amount").GetInt64()))];
    }

    /// <summary>Alters a line of an invoice at the payment service, behind everybody's back.</summary>
    public async Task AlterInvoiceLineAsync(string externalLineId, long amountMinor, CancellationToken cancellationToken)
    {
        using var answer = await http.PostAsJsonAsync(
            new Uri(StripeDoubleUrl, $"/_double/invoice-lines/{externalLineId}"), new { amountMinor }, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private MarketplaceClient ClientOf(string token) =>
        new(http, new MarketplaceClientOptions { Token = _ => ValueTask.FromResult(token), Patience = Patience });
}
