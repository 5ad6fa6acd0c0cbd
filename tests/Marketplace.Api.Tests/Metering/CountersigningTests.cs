using System.Net;
using System.Security.Cryptography;
using Marketplace.Api.Auth;
using Marketplace.Client;
using Marketplace.Client.Models;
using static Marketplace.Api.Tests.Metering.MeteredLeaseScene;

namespace Marketplace.Api.Tests.Metering;

public sealed class CountersigningTests : IAsyncLifetime
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private MeteredLeaseScene scene = null!;

    private string Lease => scene.Lease.LeaseId.ToString();

    private string PublicKey => Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());

    public async ValueTask InitializeAsync() => scene = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await scene.DisposeAsync();
        key.Dispose();
    }

    [Fact]
    public async Task A_buyer_countersigns_a_batch_it_read_and_the_evidence_shows_it()
    {
        await scene.SendAsync(Reading(1, 0, 3600));
        await scene.SendAsync(Reading(2, 3600, 7200));
        var registered = await scene.Buyer.RegisterCountersigningKeyAsync(new(PublicKey, Lease), "k");
        Assert.Equal(registered, await scene.Buyer.RegisterCountersigningKeyAsync(new(PublicKey, Lease), "k"));
        Assert.Equal(registered, Assert.Single((await scene.Buyer.ListCountersigningKeysAsync()).Items));

        var batches = (await scene.Buyer.ListReadingBatchesAsync(Lease)).Items;
        Assert.Equal([(1L, true), (2L, true)], batches.Select(b => (b.Batch, b.Countersignature is null)));
        Assert.Equal(new ReadingModel(1, Reading(1, 0, 3600).From, Reading(1, 0, 3600).To, 7200, "serving"), batches[0].Readings[0].Reading);
        var signed = await scene.Buyer.CountersignAsync(Lease, batches[1].BatchHash, registered.KeyId, key);
        Assert.True(signed.SignatureValid);
        Assert.Equal(signed, await scene.Buyer.CountersignAsync(Lease, batches[1].BatchHash, registered.KeyId, key));

        await scene.Buyer.RevokeCountersigningKeyAsync(registered.KeyId); // what it signed stands
        await scene.StopAndCloseAsync();
        var invoice = await scene.InvoiceAsync();
        var evidence = await scene.Buyer.GetEvidenceAsync(invoice.InvoiceId, invoice.Lines![0].UsageId);
        Assert.Equal([null, signed], evidence.Batches.Select(b => b.Countersignature));
        var csv = await scene.Buyer.GetEvidenceCsvAsync(invoice.InvoiceId, invoice.Lines[0].UsageId);
        Assert.Equal(["countersigned", "false", "true"], csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(r => r.Split(',')[^1]));
    }

    [Fact]
    public async Task What_is_no_countersignature_of_the_buyer_is_refused_with_its_code_and_nothing_is_kept()
    {
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var hash = (await scene.SendAsync(Reading(1, 0, 3600))).BatchHash;
        var mine = (await scene.Buyer.RegisterCountersigningKeyAsync(new(PublicKey, null), "mine")).KeyId;
        var revoked = (await scene.Buyer.RegisterCountersigningKeyAsync(new(PublicKey, null), "revoked")).KeyId;
        await scene.Buyer.RevokeCountersigningKeyAsync(revoked);
        var other = scene.Host.Client(scene.Host.TokenOf(scene.Host.NewOrganisation()));
        var theirs = (await other.RegisterCountersigningKeyAsync(new(PublicKey, null), "theirs")).KeyId;
        var good = Sign(key, hash);
        var overBatch = ReadingBatchFormat.Sign(Convert.FromHexString(hash), key);

        (MarketplaceClient Who, string Lease, string Hash, string Key, string Signature, HttpStatusCode Status, string Code)[] asked =
        [
            (other, Lease, hash, theirs, good, HttpStatusCode.NotFound, "not_found"),
            (scene.Host.Client(scene.Host.TokenOf(scene.Lease.Provider)), Lease, hash, mine, good, HttpStatusCode.NotFound, "not_found"),
            (scene.Buyer, "lse_01JABCDEFGHJKMNPQRSTVWXYZ0", hash, mine, good, HttpStatusCode.NotFound, "not_found"),
            (scene.Buyer, Lease, new string('0', 64), mine, good, HttpStatusCode.NotFound, "batch_unknown"),
            (scene.Buyer, Lease, "nothing", mine, good, HttpStatusCode.NotFound, "batch_unknown"),
            (scene.Buyer, Lease, hash, theirs, good, HttpStatusCode.UnprocessableEntity, "countersigning_key_unknown"),
            (scene.Buyer, Lease, hash, revoked, good, HttpStatusCode.UnprocessableEntity, "countersigning_key_unknown"),
            (scene.Buyer, Lease, hash, mine, Sign(stranger, hash), HttpStatusCode.UnprocessableEntity, "countersignature_invalid"),
            (scene.Buyer, Lease, hash, mine, Sign(key, new string('1', 64)), HttpStatusCode.UnprocessableEntity, "countersignature_invalid"),
            (scene.Buyer, Lease, hash, mine, overBatch, HttpStatusCode.UnprocessableEntity, "countersignature_invalid"),
            (scene.Buyer, Lease, hash, mine, "", HttpStatusCode.UnprocessableEntity, "countersignature_invalid"),
            (scene.Buyer, Lease, hash, "csk_nothing", good, HttpStatusCode.BadRequest, "invalid_fields"),
        ];
        foreach (var (who, lease, batch, keyId, signature, status, code) in asked)
        {
            var refused = await Assert.ThrowsAsync<ProblemException>(() => who.CountersignAsync(lease, batch, new(keyId, signature), "c"));
            Assert.Equal((status, code), (refused.Status, refused.Code));
        }

        Assert.Null(Assert.Single((await scene.Buyer.ListReadingBatchesAsync(Lease)).Items).Countersignature);
        await scene.Buyer.CountersignAsync(Lease, hash, new(mine, good), "c");
        var second = (await scene.Buyer.RegisterCountersigningKeyAsync(new(PublicKey, null), "second")).KeyId;
        var again = await Assert.ThrowsAsync<ProblemException>(() => scene.Buyer.CountersignAsync(Lease, hash, second, key));
        Assert.Equal((HttpStatusCode.Conflict, "already_countersigned"), (again.Status, again.Code));
    }

    [Fact]
    public async Task Keys_are_for_leases_of_the_organisation_and_well_formed()
    {
        using var rsa = RSA.Create(2048);
        (string? PublicKey, string? Lease, string Code)[] bad =
        [
            (PublicKey, "lse_01JABCDEFGHJKMNPQRSTVWXYZ0", "not_found"),
            (Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo()), null, "public_key_invalid"),
            (null, null, "invalid_fields"),
        ];
        foreach (var (publicKey, lease, code) in bad)
        {
            var refused = await Assert.ThrowsAsync<ProblemException>(() => scene.Buyer.RegisterCountersigningKeyAsync(new(publicKey, lease), "k"));
            Assert.Equal(code, refused.Code);
        }

        var missing = await Assert.ThrowsAsync<ProblemException>(() => scene.Buyer.RevokeCountersigningKeyAsync("csk_01JABCDEFGHJKMNPQRSTVWXYZ0"));
        Assert.Equal("not_found", missing.Code);
        var reader = scene.Host.Client(scene.Host.TokenOf(scene.Lease.Buyer, Scopes.BidsWrite));
        Assert.Equal("scope_required", (await Assert.ThrowsAsync<ProblemException>(() => reader.RegisterCountersigningKeyAsync(new(PublicKey, null), "k"))).Code);
    }

    [Fact]
    public async Task A_key_for_one_lease_countersigns_no_other()
    {
        var hash = (await scene.SendAsync(Reading(1, 0, 3600))).BatchHash;
        var second = scene.Lease with { LeaseId = LeaseId.Parse("lse_01JABCDEFGHJKMNPQRSTVWXYZ0") };
        await scene.Host.SendAsync(second);
        await scene.Host.WhenIdleAsync();
        var keyId = (await scene.Buyer.RegisterCountersigningKeyAsync(new(PublicKey, second.LeaseId.ToString()), "k")).KeyId;
        var refused = await Assert.ThrowsAsync<ProblemException>(() => scene.Buyer.CountersignAsync(Lease, hash, keyId, key));
        Assert.Equal("countersigning_key_unknown", refused.Code);
    }

    [Fact]
    public async Task Batches_are_listed_in_pages_to_the_parties_only()
    {
        for (var i = 0; i < 12; i++) await scene.SendAsync(Reading(i + 1, i * 60, (i + 1) * 60));
        foreach (var token in (string[])[scene.Host.TokenOf(scene.Lease.Provider), scene.Host.StaffToken(Scopes.FinanceRead)])
        {
            var first = await scene.Host.Client(token).ListReadingBatchesAsync(Lease);
            var rest = await scene.Host.Client(token).ListReadingBatchesAsync(Lease, first.NextCursor);
            Assert.Equal(Enumerable.Range(1, 12).Select(n => (long)n), first.Items.Concat(rest.Items).Select(b => b.Batch));
            Assert.Null(rest.NextCursor);
        }

        var other = scene.Host.Client(scene.Host.TokenOf(scene.Host.NewOrganisation()));
        Assert.Equal("not_found", (await Assert.ThrowsAsync<ProblemException>(() => other.ListReadingBatchesAsync(Lease))).Code);
    }

    private static string Sign(ECDsa signer, string hash) => ReadingBatchFormat.Sign(ReadingBatchFormat.ToCountersignedBytes(hash), signer);
}
