using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Marketplace.StripeDouble.Webhooks;

/// <summary>The <c>Stripe-Signature</c> header: HMAC-SHA256 over the instant, a point and the body (Stripe's scheme v1).</summary>
public static class WebhookSignature
{
    /// <summary>Signs a body.</summary>
    /// <param name="payload">The body as it is sent.</param>
    /// <param name="unixSeconds">When it is sent.</param>
    /// <param name="secrets">One secret, or several while one is rotated.</param>
    public static string Header(string payload, long unixSeconds, params ReadOnlySpan<string> secrets)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"t={unixSeconds}"));
        foreach (var secret in secrets)
        {
            var signed = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{unixSeconds}.{payload}"));
            text.Append(",v1=").Append(Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed)));
        }

        return text.ToString();
    }
}
