using System.Reflection;

namespace Marketplace.Kernel.Tests;

/// <summary>What an unset value does, found by reflection: a new type, or a new member of one, must be thought about here.</summary>
public sealed class DefaultValueTests
{
    private static readonly string[] MembersThatRefuseAnUnsetValue =
    [
        "Currency.Code",
        "Money.ToString",
        "ResourceIdentifier.HubCode",
        "ResourceIdentifier.Serial",
        "Result`2.IsAccepted",
        "Result`2.Refusal",
        "Result`2.Value",
        "UnitPrice.ToString",
    ];

    private static IEnumerable<Type> ValueTypes => typeof(Money).Assembly.GetExportedTypes()
        .Where(type => type is { IsValueType: true, IsEnum: false, IsByRefLike: false })
        .Select(type => !type.IsGenericTypeDefinition ? type
            : type.GetGenericArguments().Length == 1 ? type.MakeGenericType(typeof(BidKind)) : type.MakeGenericType(typeof(int), typeof(string)));

    [Fact]
    public void Members_of_unset_values_answer_or_refuse_as_listed()
    {
        var refusing = ValueTypes.SelectMany(type => MembersOf(type).Where(member => Refuses(member.Read, Activator.CreateInstance(type)!)).Select(member => $"{type.Name}.{member.Name}"));
        Assert.Equal(MembersThatRefuseAnUnsetValue, refusing.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Unset_values_are_equal_to_themselves_and_hash() => Assert.All(ValueTypes, type =>
    {
        var (one, other) = (Activator.CreateInstance(type)!, Activator.CreateInstance(type)!);
        if (type.Name.StartsWith("Result", StringComparison.Ordinal)) return; // a struct of its own kind, never compared
        Assert.True(one.Equals(other));
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
    });

    [Fact]
    public void Values_cannot_be_made_but_by_their_factories() => Assert.All(ValueTypes.Where(type => type != typeof(HourWindow) && type != typeof(BookKey)), type =>
    {
        Assert.Empty(type.GetConstructors(BindingFlags.Public | BindingFlags.Instance));
        Assert.All(type.GetProperties(), property => Assert.False(property.CanWrite && property.SetMethod!.IsPublic, $"{type.Name}.{property.Name} can be set"));
        Assert.All(type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic), field => Assert.True(field.IsInitOnly, $"{type.Name}.{field.Name} can change"));
    });

    private static IEnumerable<(string Name, Func<object, object?> Read)> MembersOf(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => (property.Name, (Func<object, object?>)(value => property.GetValue(value))))
            .Append((nameof(ToString), value => value.ToString()));

    private static bool Refuses(Func<object, object?> read, object value)
    {
        try
        {
            read(value);
            return false;
        }
        catch (TargetInvocationException fault) when (fault.InnerException is InvariantException)
        {
            return true;
        }
        catch (InvariantException)
        {
            return true;
        }
    }
}
