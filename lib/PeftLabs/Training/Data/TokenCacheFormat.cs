namespace PeftLabs.Training;

/// <summary>
/// The layout of a token cache, little-endian: a header of 128 bytes; the tokens of all examples, int32 each, of one that is not learned
/// the complement; padding to 8 bytes; then, int64 each, where each example begins and, at last, where the last one ends, in tokens.
/// The header: 8 bytes "PLTOKENS", int32 version and int32 zero, the numbers of examples and tokens (int64 each), the key (32 bytes),
/// and the checksum (<see cref="TokenCacheSum"/>) of all that follows the header, then of the header up to here (32 bytes).
/// </summary>
internal static class TokenCacheFormat
{
    public const int HeaderBytes = 128, Version = 2, KeyAt = 32, SumAt = 64;

    public static ReadOnlySpan<byte> Magic => "PLTOKENS"u8;

    /// <summary>Where the examples' beginnings stand.</summary>
    public static long OffsetsAt(long tokens) => HeaderBytes + (tokens * 4 + 7) / 8 * 8;

    public static long FileBytes(long examples, long tokens) => OffsetsAt(tokens) + (examples + 1) * 8;
}
