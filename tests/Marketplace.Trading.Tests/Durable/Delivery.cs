using Marketplace.Runtime.Messages;

namespace Marketplace.Trading.Tests.Durable;

internal static class Delivery
{
    /// <summary>The delivery of a message that a test makes up.</summary>
    public static MessageContext Of(int number) => new(MessageId.From(Ulid.Create(1, (UInt128)number)), Given.Monday, 1);
}
