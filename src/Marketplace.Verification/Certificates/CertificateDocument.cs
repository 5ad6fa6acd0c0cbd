using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;
using NodaTime;
using NodaTime.Text;

namespace Marketplace.Verification.Certificates;

/// <summary>
/// Writes the certificate of a passed session: all that anyone needs to replay the proof, and the figures it proves. Canonical as in
/// RFC 8785, in a form where that is simple: members in ordinal order, no white space, integers and ASCII strings only.
/// </summary>
internal static class CertificateDocument
{
    /// <summary>How long a certificate holds.</summary>
    public static readonly Duration Validity = Duration.FromDays(30);

    // All strings are ASCII without control characters, so nothing but quotes and backslashes needs escaping.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Certificate Sign(VerificationSession session, ICertificateSigner signer)
    {
        InvariantException.Require(
            session is { State: SessionState.Passed, Challenge: not null, Answer: not null, Outcome.CertificateId: not null },
            "Only a passed verification has a certificate.");
        var document = Write(session);
        return new Certificate(session.Outcome.CertificateId.Value, Encoding.ASCII.GetString(document), signer.KeyId, signer.Sign(document));
    }

    private static byte[] Write(VerificationSession session)
    {
        var (challenge, answer, outcome) = (session.Challenge!, session.Answer!, session.Outcome!);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("certificateId", outcome.CertificateId!.Value.ToString());
            json.WriteNumber("claimedInt8Gops", session.Claim.Int8Gops);
            json.WriteString("drawEntropy", Convert.ToHexStringLower(answer.DrawEntropy));
            json.WriteNumber("elapsedMicroseconds", (long)((answer.ReceivedAt - challenge.StartedAt).TotalNanoseconds / 1000));
            json.WriteString("expiresAt", Text(outcome.CompletedAt + Validity));
            json.WriteNumber("gpuCount", session.GpuCount);
            json.WriteString("issuedAt", Text(outcome.CompletedAt));
            json.WriteString("machineId", session.MachineId.ToString());
            json.WriteString("model", session.Model.ToString());
            Write(json, challenge.Parameters);
            json.WriteNumber("provenInt8Gops", outcome.Proven!.Int8Gops);
            json.WriteString("providerId", session.Provider.ToString());
            json.WriteString("purpose", session.Purpose.ToString().ToLowerInvariant());
            Write(json, answer.Reported);
            json.WriteString("roots", Convert.ToBase64String(answer.Roots));
            json.WriteString("rootsAt", Text(answer.ReceivedAt));
            json.WriteString("seeds", Convert.ToHexStringLower(challenge.Seeds));
            json.WriteString("startedAt", Text(challenge.StartedAt));
            json.WriteString("subject", session.Subject);
            json.WriteString("verificationId", session.Id.ToString());
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, ProofParameters parameters)
    {
        json.WriteStartObject("protocol");
        json.WriteNumber("columns", parameters.Columns);
        json.WriteNumber("depth", parameters.Depth);
        json.WriteNumber("devices", parameters.Devices);
        json.WriteNumber("draws", parameters.Draws);
        json.WriteString("epsilon", parameters.Epsilon.ToString("0.############", CultureInfo.InvariantCulture));
        json.WriteNumber("lag", parameters.Lag);
        json.WriteString("name", parameters.Workload.Name());
        json.WriteNumber("rounds", parameters.Rounds);
        json.WriteNumber("rows", parameters.Rows);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReportedFacts facts)
    {
        json.WriteStartObject("reportedUnproven");
        json.WriteString("kernel", facts.Kernel);
        json.WriteNumber("logicalCores", facts.LogicalCores);
        json.WriteNumber("memoryMB", facts.MemoryMB);
        json.WriteString("operatingSystem", facts.OperatingSystem);
        json.WriteString("processor", facts.Processor);
        json.WriteString("workerVersion", facts.WorkerVersion);
        json.WriteEndObject();
    }

    private static string Text(Instant instant) => InstantPattern.ExtendedIso.Format(instant);
}
