using System.Net;
using System.Security.Cryptography;
using Marketplace.Api.Auth;
using Marketplace.Client.Tokens;
using Marketplace.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Api.Tests.Foundation;

public sealed class TokenTests(TokenTests.SharedHost shared) : IClassFixture<TokenTests.SharedHost>
{
    private const string Path = "/v1/dead-letters";

    [Fact]
    public async Task A_request_without_a_token_is_401()
    {
        var host = shared.Host;
        using var response = await host.Http().GetAsync(Path);
        await response.ProblemAsync(HttpStatusCode.Unauthorized, "token_required");
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
    }

    public static TheoryData<string> BadTokens => ["garbage", "a.b.c", "forged", "expired", "unsigned", "altered", "other audience", "no expiry", "hmac"];

    [Theory]
    [MemberData(nameof(BadTokens))]
    public async Task A_token_that_does_not_hold_is_401(string kind)
    {
        var host = shared.Host;
        using var response = await host.Http(Bad(host, kind)).GetAsync(Path);
        await response.ProblemAsync(HttpStatusCode.Unauthorized, "invalid_token");
    }

    [Fact]
    public async Task A_token_without_the_scope_is_403()
    {
        var host = shared.Host;
        using var response = await host.Http(host.StaffToken(Scopes.FinanceRead)).GetAsync(Path);
        var problem = await response.ProblemAsync(HttpStatusCode.Forbidden, "scope_required");
        Assert.Contains("operator", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_is_known_by_its_enrolled_key_only()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var otherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var enrolment = Id<EnrolmentKind>.Parse("enr_01JABCDEFGHJKMNPQRSTVWXYZ0");
        var known = new MachineKey(
            enrolment,
            Id<MachineKind>.Parse("mch_01JABCDEFGHJKMNPQRSTVWXYZ0"),
            Id<OrganisationKind>.Parse("org_01JABCDEFGHJKMNPQRSTVWXYZ0"),
            key.ExportSubjectPublicKeyInfo(),
            IsRevoked: false);
        var keys = new Keys { Key = known };
        await using var host = await ApiHost.StartAsync(
            services => services.AddSingleton<IMachineKeys>(keys),
            routes => routes.MapGet("/v1/probe", (MachineCaller machine) => machine.MachineId.ToString()).RequireMachine());

        async Task<HttpStatusCode> Ask(string token)
        {
            using var response = await host.Http(token).GetAsync("/v1/probe");
            return response.StatusCode;
        }

        Assert.Equal(HttpStatusCode.OK, await Ask(MachineToken.Create(key, enrolment, TimeProvider.System)));
        Assert.Equal(HttpStatusCode.OK, await Ask(MachineToken.Create(key, enrolment, TimeProvider.System)));
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask(MachineToken.Create(otherKey, enrolment, TimeProvider.System)));
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask(MachineToken.Create(key, Id<EnrolmentKind>.Parse("enr_01JABCDEFGHJKMNPQRSTVWXYZ1"), TimeProvider.System)));
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask(MachineToken.Create(key, enrolment, new Testing.Time.VirtualTime(NodaTime.SystemClock.Instance.GetCurrentInstant() - NodaTime.Duration.FromMinutes(6)))));
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask(LongLived(key, enrolment)));
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask(host.StaffToken()));
        keys.Key = known with { IsRevoked = true };
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask(MachineToken.Create(key, enrolment, TimeProvider.System)));
    }

    [Fact]
    public async Task A_machine_token_opens_nothing_that_is_for_people()
    {
        var host = shared.Host;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var token = MachineToken.Create(key, Id<EnrolmentKind>.Parse("enr_01JABCDEFGHJKMNPQRSTVWXYZ0"), TimeProvider.System);
        using var response = await host.Http(token).GetAsync(Path);
        await response.ProblemAsync(HttpStatusCode.Unauthorized, "invalid_token");
    }

    private static string LongLived(ECDsa key, EnrolmentId enrolment)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return Es256Token.Sign(key, enrolment.ToString(), claims =>
        {
            claims.WriteString("aud", MachineToken.Audience);
            claims.WriteNumber("iat", now);
            claims.WriteNumber("exp", now + 3600);
        });
    }

    private static string Bad(ApiHost host, string kind)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var good = host.StaffToken();
        var parts = good.Split('.');
        switch (kind)
        {
            case "forged":
                using (var other = ECDsa.Create(ECCurve.NamedCurves.nistP256))
                    return new LocalTokenIssuer(other, TimeProvider.System).Issue("staff", null, Scopes.All, TimeSpan.FromHours(1));
            case "expired":
                return host.Tokens.Issue("staff", null, Scopes.All, TimeSpan.FromMinutes(-2));
            case "unsigned":
                return $"{Encode("""{"alg":"none","typ":"JWT"}""")}.{parts[1]}.";
            case "altered":
                return $"{parts[0]}.{Encode($$"""{"iss":"marketplace-local","aud":"marketplace","sub":"me","scope":"operator","exp":{{now + 60}}}""")}.{parts[2]}";
            case "other audience":
                using (var key = Key(host))
                    return Es256Token.Sign(key, "local", claims =>
                    {
                        claims.WriteString("iss", "marketplace-local");
                        claims.WriteString("aud", "elsewhere");
                        claims.WriteString("scope", "operator");
                        claims.WriteNumber("exp", now + 60);
                    });
            case "no expiry":
                using (var key = Key(host))
                    return Es256Token.Sign(key, "local", claims =>
                    {
                        claims.WriteString("iss", "marketplace-local");
                        claims.WriteString("aud", "marketplace");
                        claims.WriteString("scope", "operator");
                    });
            case "hmac":
                var signed = $"{Encode("""{"alg":"HS256","typ":"JWT","kid":"local"}""")}.{parts[1]}";
                return $"{signed}.{System.Buffers.Text.Base64Url.EncodeToString(HMACSHA256.HashData("local"u8, System.Text.Encoding.ASCII.GetBytes(signed)))}";
            default:
                return kind;
        }
    }

    private static ECDsa Key(ApiHost host) => ECDsa.Create(host.KeyParameters);

    private static string Encode(string json) => System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(json));

    /// <summary>One host for the tests that need none of their own.</summary>
    public sealed class SharedHost : IAsyncLifetime
    {
        public ApiHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Host = await ApiHost.StartAsync();

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }

    private sealed class Keys : IMachineKeys
    {
        public required MachineKey Key { get; set; }

        public ValueTask<MachineKey?> FindAsync(EnrolmentId id, CancellationToken cancellationToken) =>
            ValueTask.FromResult<MachineKey?>(id == Key.Id ? Key : null);
    }
}
