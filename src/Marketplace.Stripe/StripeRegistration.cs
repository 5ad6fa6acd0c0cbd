using Marketplace.Billing.Payments;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Stripe;

/// <summary>Registration of the payment port on Stripe.</summary>
public static class StripeRegistration
{
    /// <summary>Has payments go through Stripe, or through what <see cref="StripeOptions.ApiBase"/> points at.</summary>
    public static IServiceCollection AddStripePayments(this IServiceCollection services, StripeOptions options) =>
        services
            .AddSingleton(options)
            .AddSingleton<IPaymentGateway>(provider =>
                new StripeGateway(options, StripeGateway.Connect(options), provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<IPaymentWebhooks, StripeWebhooks>();
}
