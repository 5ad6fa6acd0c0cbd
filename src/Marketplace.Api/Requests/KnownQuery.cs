using System.Reflection;
using Marketplace.Api.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace Marketplace.Api.Requests;

/// <summary>Refuses query parameters that an endpoint does not have: a filter with a typing error must not be ignored.</summary>
internal static class KnownQuery
{
    public static RouteGroupBuilder RefuseUnknownQueryParameters(this RouteGroupBuilder group)
    {
        group.AddEndpointFilterFactory((factory, next) =>
        {
            var known = NamesOf(factory.MethodInfo).ToHashSet(StringComparer.Ordinal);
            return invocation => Unknown(invocation.HttpContext.Request, known) is { } name
                ? ValueTask.FromResult<object?>(ProblemTypes.UnknownParameter.With($"This request takes no parameter '{name}'."))
                : next(invocation);
        });
        return group;
    }

    internal static IEnumerable<string> NamesOf(MethodInfo handler) => handler.GetParameters().SelectMany(parameter =>
    {
        var type = parameter.ParameterType;
        if (type.GetInterfaces().Contains(typeof(IQueryParameters)))
        {
            return (IReadOnlyList<string>)type.GetProperty(nameof(IQueryParameters.Names), BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
        }

        var simple = Nullable.GetUnderlyingType(type) ?? (type.IsArray ? type.GetElementType()! : type);
        return simple == typeof(string) || simple == typeof(StringValues) || simple.IsPrimitive
            ? [parameter.GetCustomAttribute<FromQueryAttribute>()?.Name ?? parameter.Name!]
            : [];
    });

    private static string? Unknown(HttpRequest request, HashSet<string> known) =>
        request.Query.Keys.FirstOrDefault(name => !known.Contains(name) || request.RouteValues.ContainsKey(name));
}
