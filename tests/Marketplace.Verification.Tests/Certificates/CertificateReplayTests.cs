using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Marketplace.Contracts;
using Marketplace.Verification.Certificates;
using Marketplace.Verification.Sessions;
using Marketplace.Verification.Tests.Sessions;
using NodaTime;

namespace Marketplace.Verification.Tests.Certificates;

/// <summary>A certificate of three parts as it is published, proven once for all tests.</summary>
public sealed class PublishedScene : IAsyncLifetime
{
    internal VerificationScene Scene { get; } = new();

    internal PublishedCertificate Published { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Scene.RequestAsync(claim: PartsTests.Claim);
        await Scene.ProveAsync(1);
        await Scene.ProveAsync(1, part: 1);
        var ended = await Scene.ProveAsync(0.1, part: 2);
        Published = (await Scene.Reader.FindAsync(ended.Outcome!.CertificateId!.Value, default))!;
    }

    public ValueTask DisposeAsync() => Scene.DisposeAsync();
}

/// <summary>Everything that can be done to a certificate.</summary>
public sealed class CertificateReplayTests(PublishedScene of) : IClassFixture<PublishedScene>
{
    private readonly VerificationScene scene = of.Scene;
    private readonly PublishedCertificate published = of.Published;
    private readonly Instant now = of.Scene.Market.Time.Now + Duration.FromDays(1);

    private CertificateVerdict Check(string document, byte[]? signature = null, IReadOnlyList<PartEvidence>? evidence = null, string? keyId = null, Instant? at = null) =>
        CertificateReplay.Check(
            document, keyId ?? "test-key", signature ?? published.Certificate.Signature, evidence ?? published.Evidence, scene.Signer.PublicKey.Span, at ?? now);

    private byte[] Sign(string document) => scene.Signer.Sign(Encoding.ASCII.GetBytes(document));

    [Fact]
    public void A_certificate_is_replayed_from_nothing_but_itself_and_the_key()
    {
        var verdict = Check(published.Certificate.Document);
        Assert.True(verdict.Holds, string.Join("; ", verdict.Steps));
        Assert.Equal(3, verdict.Steps.Count(step => step.Name.StartsWith("part", StringComparison.Ordinal)));
        Assert.Equal(VerificationScene.Machine, verdict.Content!.MachineId);
        Assert.True(published.Certificate.Document.Length < 8 * 1024, "The signed document stays small; what is large is beside it.");
    }

    [Fact]
    public void Its_time_ends_after_thirty_days_and_begins_when_it_was_issued()
    {
        var issued = Check(published.Certificate.Document).Content!.IssuedAt;
        Assert.True(Check(published.Certificate.Document, at: issued + Duration.FromDays(30) - Duration.FromSeconds(1)).Holds);
        var late = Check(published.Certificate.Document, at: issued + Duration.FromDays(30));
        Assert.Equal((false, true), (late.Holds, late.IsExpired));
        var early = Check(published.Certificate.Document, at: issued - Duration.FromSeconds(1));
        Assert.Equal((false, false), (early.Holds, early.IsExpired));
    }

    [Fact]
    public void Another_key_signature_or_key_id_is_seen()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var document = published.Certificate.Document;
        Assert.Equal("signature", Check(document, other.SignData(Encoding.ASCII.GetBytes(document), HashAlgorithmName.SHA256)).Steps[^1].Name);
        Assert.Equal("signature", Check(document, []).Steps[^1].Name);
        Assert.False(Check(document, keyId: "other-key").Holds);
        Assert.False(CertificateReplay.Check(document, "test-key", published.Certificate.Signature, published.Evidence, [], now).Holds);
        for (var at = 0; at < 64; at++)
        {
            var signature = (byte[])published.Certificate.Signature.Clone();
            signature[at] ^= 1;
            Assert.False(Check(document, signature).Holds);
        }
    }

    /// <summary>Every leaf of the document, changed in any way a leaf of its kind can be: the signature sees it.</summary>
    [Fact]
    public void A_change_of_any_field_is_seen()
    {
        var changed = 0;
        foreach (var document in ChangedDocuments())
        {
            Assert.False(Check(document.Text).Holds, document.Path);
            changed++;
        }

        Assert.True(changed > 70, $"{changed} fields");
    }

    /// <summary>
    /// Even whoever holds the marketplace's key can't change a figure: the arithmetic sees it. What no arithmetic binds is named here, and nothing else.
    /// </summary>
    [Fact]
    public void A_change_of_anything_that_proves_is_seen_even_under_a_good_signature()
    {
        string[] onlySigned = ["verificationId", "purpose", "subject", "providerId", "machineId", "model", "certificateId", "reportedUnproven", "claim", "acceptedFraction"];
        foreach (var (path, text) in ChangedDocuments())
        {
            if (onlySigned.Any(name => path.StartsWith("$." + name, StringComparison.Ordinal))) continue;

            // The parts behind the first are checked by the same code, after replaying those before them.
            if (path.StartsWith("$.parts[1]", StringComparison.Ordinal) || path.StartsWith("$.parts[2].protocol", StringComparison.Ordinal)) continue;
            Assert.False(Check(text, Sign(text)).Holds, path);
        }
    }

    [Fact]
    public void A_claim_above_what_is_proven_is_seen_under_a_good_signature()
    {
        var document = published.Certificate.Document.Replace("\"claim\":{\"bf16Gflops\":0,", "\"claim\":{\"bf16Gflops\":5,", StringComparison.Ordinal);
        Assert.Equal("claim", Check(document, Sign(document)).Steps[^1].Name);
    }

    [Fact]
    public void Any_changed_missing_or_exchanged_evidence_is_seen()
    {
        var document = published.Certificate.Document;
        for (var part = 0; part < 3; part++)
        {
            var evidence = published.Evidence.ToList();
            var (roots, openings) = ((byte[])evidence[part].Roots.Clone(), (byte[])evidence[part].Openings!.Clone());
            roots[^1] ^= 1;
            Assert.False(Check(document, evidence: [.. evidence[..part], new PartEvidence(roots, openings), .. evidence[(part + 1)..]]).Holds);
            openings[0] ^= 1;
            Assert.False(Check(document, evidence: [.. evidence[..part], evidence[part] with { Openings = openings }, .. evidence[(part + 1)..]]).Holds);
            Assert.False(Check(document, evidence: [.. evidence[..part], evidence[part] with { Openings = null }, .. evidence[(part + 1)..]]).Holds);
        }

        Assert.False(Check(document, evidence: [.. published.Evidence.Skip(1)]).Holds);
        Assert.False(Check(document, evidence: [.. published.Evidence, published.Evidence[0]]).Holds);
        Assert.False(Check(document, evidence: []).Holds);
        Assert.False(Check(document, evidence: [.. published.Evidence.Reverse()]).Holds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("{\"format\":\"marketplace-certificate-3\"}")]
    public void What_is_no_certificate_is_told(string document) => Assert.Equal("form", Check(document, Sign(document)).Steps[^1].Name);

    [Fact]
    public void The_same_content_in_another_form_is_no_certificate()
    {
        var document = published.Certificate.Document;
        foreach (var other in new[] { document + " ", document.Replace(",", ", ", StringComparison.Ordinal), document[..^1] + ",\"more\":1}" })
            Assert.Equal("form", Check(other, Sign(other)).Steps[^1].Name);
    }

    // One document for each leaf, with that leaf changed and the rest kept, in canonical form.
    private List<(string Path, string Text)> ChangedDocuments()
    {
        var all = new List<(string, string)>();
        foreach (var path in Leaves(JsonNode.Parse(published.Certificate.Document)!))
        {
            var root = JsonNode.Parse(published.Certificate.Document)!;
            var leaf = Leaves(root, path);
            var (parent, value) = (leaf.Parent!, leaf.AsValue());
            JsonNode changed = value.TryGetValue<long>(out var number) ? JsonValue.Create(number + 1) : JsonValue.Create(Change(value.GetValue<string>()));
            if (parent is JsonArray list) list[list.IndexOf(leaf)] = changed;
            else parent.AsObject()[leaf.GetPropertyName()] = changed;
            all.Add((path, Encoding.ASCII.GetString(CanonicalJson.Write(root))));
        }

        return all;
    }

    // Texts stay of their kind: another digit, another letter.
    private static string Change(string text)
    {
        var at = text.Length - 1;
        while (at > 0 && !char.IsAsciiLetterOrDigit(text[at])) at--;
        if (text.Length >= 20 && text[4] == '-') at = 18;
        if (text.Contains('=', StringComparison.Ordinal)) at = 0;
        return string.Concat(text.AsSpan(0, at), [text[at] == '1' ? '2' : '1'], text.AsSpan(at + 1));
    }

    private static IEnumerable<string> Leaves(JsonNode node) => node switch
    {
        JsonObject members => members.SelectMany(member => Leaves(member.Value!)),
        JsonArray items => items.SelectMany(item => Leaves(item!)),
        _ => [node.GetPath()],
    };

    private static JsonNode Leaves(JsonNode node, string path) => node switch
    {
        JsonObject members => members.Select(member => Leaves(member.Value!, path)).FirstOrDefault(found => found.GetPath() == path) ?? node,
        JsonArray items => items.Select(item => Leaves(item!, path)).FirstOrDefault(found => found.GetPath() == path) ?? node,
        _ => node,
    };
}
