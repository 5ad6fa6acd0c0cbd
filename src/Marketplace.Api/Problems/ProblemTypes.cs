using System.Collections.Frozen;
using System.Reflection;

namespace Marketplace.Api.Problems;

/// <summary>
/// Every problem that the API answers with. What is common to all requests stands here; each area adds its own in a part of this class.
/// </summary>
public static partial class ProblemTypes
{
    private static readonly Lazy<FrozenDictionary<string, ProblemType>> ByCode = new(() => typeof(ProblemTypes)
        .GetProperties(BindingFlags.Public | BindingFlags.Static)
        .Where(property => property.PropertyType == typeof(ProblemType))
        .Select(property => (ProblemType)property.GetValue(null)!)
        .ToFrozenDictionary(type => type.Code, StringComparer.Ordinal));

    /// <summary>By code.</summary>
    /// <exception cref="ArgumentException">Two have the same code.</exception>
    public static IReadOnlyDictionary<string, ProblemType> All => ByCode.Value;

    /// <summary>The body is no JSON, or no JSON that this request takes.</summary>
    public static ProblemType MalformedJson { get; } = new(
        "malformed_json", 400, "Malformed JSON", "The body is not valid JSON, or holds a member that the request does not have, one twice, or one of another type.");

    /// <summary>Fields are missing or out of range.</summary>
    public static ProblemType InvalidFields { get; } = new(
        "invalid_fields", 400, "Invalid fields", "One or more fields are missing, malformed or out of range; see errors.");

    /// <summary>Something else about the request is malformed.</summary>
    public static ProblemType MalformedRequest { get; } = new(
        "malformed_request", 400, "Malformed request", "The request cannot be read as HTTP, or a value in its query or headers is malformed.");

    /// <summary>A query parameter that the request does not have.</summary>
    public static ProblemType UnknownParameter { get; } = new(
        "unknown_parameter", 400, "Unknown query parameter", "The query holds a parameter that this request does not take.");

    /// <summary>A cursor that no page gave.</summary>
    public static ProblemType InvalidCursor { get; } = new(
        "invalid_cursor", 400, "Invalid cursor", "The cursor is not one that a page of this list gave.");

    /// <summary>A creating request without a key.</summary>
    public static ProblemType IdempotencyKeyRequired { get; } = new(
        "idempotency_key_required", 400, "Idempotency-Key required", "Send an Idempotency-Key of 1 to 128 visible ASCII characters, a new one for every intent.");

    /// <summary>No token.</summary>
    public static ProblemType TokenRequired { get; } = new(
        "token_required", 401, "Token required", "Send a bearer token in the Authorization header.");

    /// <summary>A token that does not hold.</summary>
    public static ProblemType InvalidToken { get; } = new(
        "invalid_token", 401, "Invalid token", "The bearer token is malformed, expired, revoked, for somebody else, or its signature does not verify.");

    /// <summary>The token lacks a scope.</summary>
    public static ProblemType ScopeRequired { get; } = new(
        "scope_required", 403, "Scope required", "The token does not have the scope that this request needs.");

    /// <summary>The token names no organisation.</summary>
    public static ProblemType OrganisationRequired { get; } = new(
        "organisation_required", 403, "Organisation required", "This request is made for an organisation, and the token names none.");

    /// <summary>Absent, or another organisation's.</summary>
    public static ProblemType NotFound { get; } = new(
        "not_found", 404, "Not found", "There is no such thing, or it belongs to another organisation.");

    /// <summary>The path has no such method.</summary>
    public static ProblemType MethodNotAllowed { get; } = new(
        "method_not_allowed", 405, "Method not allowed", "The path exists, and does not take this method.");

    /// <summary>The ETag is not the current one.</summary>
    public static ProblemType Stale { get; } = new(
        "stale", 412, "Changed meanwhile", "The ETag in If-Match is not the current one: read again, decide again.");

    /// <summary>The body is too large.</summary>
    public static ProblemType BodyTooLarge { get; } = new(
        "body_too_large", 413, "Body too large", "A request body is at most 1 MiB.");

    /// <summary>The body is no JSON by its type.</summary>
    public static ProblemType UnsupportedMediaType { get; } = new(
        "unsupported_media_type", 415, "Unsupported media type", "Send the body as application/json.");

    /// <summary>The key was used with other content.</summary>
    public static ProblemType IdempotencyKeyReused { get; } = new(
        "idempotency_key_reused", 422, "Idempotency-Key reused", "The Idempotency-Key was used before with another request.");

    /// <summary>An update without If-Match.</summary>
    public static ProblemType IfMatchRequired { get; } = new(
        "if_match_required", 428, "If-Match required", "Send the ETag of the version that is to be changed in If-Match.");

    /// <summary>Too many requests.</summary>
    public static ProblemType TooManyRequests { get; } = new(
        "too_many_requests", 429, "Too many requests", "Wait as long as Retry-After says.");

    /// <summary>Our own fault.</summary>
    public static ProblemType InternalError { get; } = new(
        "internal_error", 500, "Internal error", "The server failed. The trace id names the request in its log.");

    /// <summary>For a short while not possible.</summary>
    public static ProblemType Unavailable { get; } = new(
        "unavailable", 503, "Unavailable", "The server cannot do this just now. Repeat the same request with the same key after Retry-After seconds.");
}
