using System.Text.Json;

namespace Marketplace.Client.Models;

/// <summary>A message that no try could handle, kept until an operator resubmits it.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="Type">Its type.</param>
/// <param name="Queue">Who should have handled it.</param>
/// <param name="SessionKey">The session it belongs to.</param>
/// <param name="Reason">The last fault.</param>
/// <param name="Attempts">Deliveries made.</param>
/// <param name="StopsSession">Whether later messages of its session wait for it.</param>
/// <param name="OccurredAt">When it was sent.</param>
/// <param name="DeadLetteredAt">When it was set aside.</param>
/// <param name="Body">The message itself.</param>
public sealed record DeadLetterModel(
    string MessageId,
    string Type,
    string Queue,
    string SessionKey,
    string Reason,
    int Attempts,
    bool StopsSession,
    string OccurredAt,
    string DeadLetteredAt,
    JsonElement Body);
