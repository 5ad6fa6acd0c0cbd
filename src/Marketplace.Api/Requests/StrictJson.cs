using System.Text.Json;
using System.Text.Json.Serialization;

namespace Marketplace.Api.Requests;

/// <summary>JSON as the API takes and gives it: camelCase, nothing unknown, nothing twice, nothing guessed.</summary>
internal static class StrictJson
{
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.MaxDepth = 32;
    }
}
