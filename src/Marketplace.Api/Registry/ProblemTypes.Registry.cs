namespace Marketplace.Api.Problems;

public static partial class ProblemTypes
{
    /// <summary>A name that cannot be one.</summary>
    public static ProblemType NameMalformed { get; } = new(
        "name_malformed", 422, "Malformed name", "A name is not blank, not too long, and has no control characters.");

    /// <summary>An address that cannot be one.</summary>
    public static ProblemType EmailMalformed { get; } = new(
        "email_malformed", 422, "Malformed address", "An e-mail address has one @ between two parts, no blanks, and at most 254 characters.");

    /// <summary>A country that cannot be one.</summary>
    public static ProblemType CountryMalformed { get; } = new(
        "country_malformed", 422, "Malformed country", "A country is given as two capitals, by ISO 3166-1.");

    /// <summary>An organisation that would do nothing.</summary>
    public static ProblemType RoleRequired { get; } = new(
        "role_required", 422, "Role required", "An organisation is a provider, a buyer, or both.");

    /// <summary>The organisation does not provide.</summary>
    public static ProblemType NotAProvider { get; } = new(
        "not_a_provider", 422, "Not a provider", "The organisation is not registered as a provider.");

    /// <summary>No such hub.</summary>
    public static ProblemType HubUnknown { get; } = new("hub_unknown", 422, "Unknown hub", "There is no such hub; /v1/hubs lists them.");

    /// <summary>No such cluster in the hub.</summary>
    public static ProblemType ClusterUnknown { get; } = new(
        "cluster_unknown", 422, "Unknown cluster", "The hub has no such cluster; /v1/hubs lists them by their English names.");

    /// <summary>No such class.</summary>
    public static ProblemType ModelUnknown { get; } = new(
        "model_unknown", 422, "Unknown class", "The catalogue has no such class; /v1/models lists them.");

    /// <summary>No machine has so many GPUs.</summary>
    public static ProblemType GpuCountOutOfRange { get; } = new(
        "gpu_count_out_of_range", 422, "GPU count out of range", "A machine has 1 to 1,024 GPUs.");

    /// <summary>A CPU machine counts as one.</summary>
    public static ProblemType CpuMachineIsOneUnit { get; } = new(
        "cpu_machine_is_one_unit", 422, "One unit", "A machine of a CPU class is one unit: its GPU count is 1.");

    /// <summary>No host is like this.</summary>
    public static ProblemType HostOutOfRange { get; } = new(
        "host_out_of_range", 422, "Host out of range", "A host has 1 to 65,536 cores and 1 to 10^9 MB of memory.");

    /// <summary>No site is like this.</summary>
    public static ProblemType PueOutOfRange { get; } = new(
        "pue_out_of_range", 422, "PUE out of range", "Power usage effectiveness is from 1.0 to 5.0.");

    /// <summary>No grid is like this.</summary>
    public static ProblemType GridCarbonOutOfRange { get; } = new(
        "grid_carbon_out_of_range", 422, "Grid carbon out of range", "The carbon of a site's power is from 0 to 2,000 grams per kWh.");

    /// <summary>No numbers are left.</summary>
    public static ProblemType HubFull { get; } = new("hub_full", 409, "Hub is full", "The hub has given out its last serial number.");

    /// <summary>Not of the form of an identifier.</summary>
    public static ProblemType ResourceIdentifierMalformed { get; } = new(
        "resource_identifier_malformed", 400, "Malformed resource identifier", "A resource identifier is two capitals, eight digits and a check character, such as GZ-00000042-I.");

    /// <summary>A typing error in an identifier.</summary>
    public static ProblemType CheckCharacterWrong { get; } = new(
        "check_character_wrong", 400, "Wrong check character", "The last character does not belong to this identifier: a character was mistyped.");

    /// <summary>Too many enrolments.</summary>
    public static ProblemType TooManyEnrolments { get; } = new(
        "too_many_enrolments", 409, "Too many enrolments", "The machine has 32 enrolments; revoke those that are not needed.");

    /// <summary>Not a key that can be enrolled.</summary>
    public static ProblemType PublicKeyInvalid { get; } = new(
        "public_key_invalid", 422, "Invalid public key", "A key is a SubjectPublicKeyInfo of an ECDSA key on P-256, DER, as base64. Nothing was taken; an enrolment's code stays usable.");

    /// <summary>Not a code that was issued.</summary>
    public static ProblemType CodeInvalid { get; } = new("code_invalid", 422, "Invalid code", "No such code was issued.");

    /// <summary>The enrolment is revoked.</summary>
    public static ProblemType EnrolmentRevoked { get; } = new("enrolment_revoked", 409, "Revoked", "The provider revoked the enrolment.");

    /// <summary>The code is used.</summary>
    public static ProblemType CodeUsed { get; } = new("code_used", 409, "Code used", "The code was used before, with another key.");

    /// <summary>The code is too old.</summary>
    public static ProblemType CodeExpired { get; } = new("code_expired", 409, "Code expired", "The code was not used within its hour.");

    /// <summary>No such machine.</summary>
    public static ProblemType MachineUnknown { get; } = new("machine_unknown", 422, "Unknown machine", "The organisation has no such machine.");

    /// <summary>More GPUs than there are.</summary>
    public static ProblemType GpuCountAboveMachine { get; } = new(
        "gpu_count_above_machine", 422, "More GPUs than the machine has", "A listing offers 1 GPU or more, and no more than its machine has.");

    /// <summary>A window of the past.</summary>
    public static ProblemType ListingWindowInPast { get; } = new(
        "listing_window_in_past", 422, "Window in the past", "A listing's window starts now or later, by the market's clock.");

    /// <summary>A window too far ahead.</summary>
    public static ProblemType ListingWindowBeyondHorizon { get; } = new(
        "listing_window_beyond_horizon", 422, "Window too far ahead", "A listing's window ends within 366 days.");

    /// <summary>Nothing is asked.</summary>
    public static ProblemType PriceZero { get; } = new("price_zero", 422, "Price is zero", "A price is above zero.");

    /// <summary>Far from what is paid.</summary>
    public static ProblemType PriceOutsideBand { get; } = new(
        "price_outside_band", 422, "Price outside the band", "Every price of a listing is within the order book's price band; the problem's band shows it.");

    /// <summary>Another currency.</summary>
    public static ProblemType CurrencyChanged { get; } = new(
        "currency_changed", 422, "Currency changed", "A correction of a listing and a replacement of a bid keep the currency.");

    /// <summary>No block fits.</summary>
    public static ProblemType MinimumHoursOverWindow { get; } = new(
        "minimum_hours_over_window", 422, "Minimum hours over the window", "The shortest block is 1 hour or more, and fits into the window.");

    /// <summary>Nothing is claimed.</summary>
    public static ProblemType ClaimEmpty { get; } = new("claim_empty", 422, "Nothing claimed", "A claim states an int8 or a bf16 rate, and nothing below zero.");

    /// <summary>What cannot be proven.</summary>
    public static ProblemType ClaimNotProvable { get; } = new(
        "claim_not_provable", 422, "Claim cannot be proven", "A machine of a CPU class is proven by its int8 rate: nothing else can be claimed for it.");

    /// <summary>The figure with sparsity.</summary>
    public static ProblemType ClaimLooksSparse { get; } = new(
        "claim_looks_sparse", 422, "Sparse figure?", "A rate is claimed that is about twice the dense one of the datasheet. That is usually the figure with sparsity: claim the dense rate.");

    /// <summary>More than the datasheet.</summary>
    public static ProblemType ClaimAboveDatasheet { get; } = new(
        "claim_above_datasheet", 422, "Claim above the datasheet", "More is claimed than the datasheet states; /v1/models shows its figures.");

    /// <summary>Too many listings.</summary>
    public static ProblemType TooManyListings { get; } = new(
        "too_many_listings", 409, "Too many listings", "500 listings hold hours of the machine.");

    /// <summary>The hours are held.</summary>
    public static ProblemType HoursTaken { get; } = new(
        "hours_taken", 409, "Hours taken", "In an hour of the window, other listings hold too many of the machine's GPUs. One that was ever active holds its hours to the end of its window, for trades may stand.");

    /// <summary>Not in this status.</summary>
    public static ProblemType WrongListingStatus { get; } = new(
        "wrong_listing_status", 409, "Not in this status", "The listing's status does not allow this.");

    /// <summary>Too late.</summary>
    public static ProblemType ListingWindowOver { get; } = new("listing_window_over", 409, "Window is over", "The listing's window is over.");

    /// <summary>The present key is no good.</summary>
    public static ProblemType KeyMayNotSign { get; } = new(
        "key_may_not_sign", 409, "Key may not sign", "The present key is retired or revoked: enrol a new key with a one-time code.");

    /// <summary>No new key.</summary>
    public static ProblemType PublicKeyUnchanged { get; } = new(
        "public_key_unchanged", 422, "Same key", "The new key is the present one.");

    /// <summary>Not signed by the present key.</summary>
    public static ProblemType RotationSignatureInvalid { get; } = new(
        "rotation_signature_invalid", 422, "Signature invalid", "The signature is not the present key's over the new key.");

    /// <summary>One key has one successor.</summary>
    public static ProblemType RotatedToAnotherKey { get; } = new(
        "rotated_to_another_key", 409, "Rotated to another key", "The present key signed another new key before. Go over to a new key from that one; if it is not yours, revoke the present one.");

    /// <summary>Nothing could prove.</summary>
    public static ProblemType NoEnrolledKey { get; } = new(
        "no_enrolled_key", 409, "No enrolled key", "No key is enrolled for the machine, or all are revoked: nothing could prove the claim.");
}
