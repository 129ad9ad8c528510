using System.Globalization;

namespace PeftLabs.Models;

/// <summary>
/// What of a block is computed again in backward instead of being kept from forward (activation checkpointing, arXiv 1604.06174).
/// </summary>
public sealed record CheckpointPolicy
{
    private CheckpointPolicy(string name) => Name = name;

    /// <summary>Everything is kept.</summary>
    public static CheckpointPolicy None { get; } = new("none");

    /// <summary>Every block is computed again; of each only its input is kept.</summary>
    public static CheckpointPolicy Blocks { get; } = new("blocks") { Every = 1 };

    /// <summary>The attention half of every block is computed again.</summary>
    public static CheckpointPolicy Attention { get; } = new("attention");

    /// <summary>The feed-forward half of every block is computed again.</summary>
    public static CheckpointPolicy FeedForward { get; } = new("feed-forward");

    /// <summary>The policy as commands and records write it; <see cref="Parse"/> reads it.</summary>
    public string Name { get; }

    /// <summary>One block in so many is computed again, the first of them always; 0 where that is not the policy.</summary>
    public int Every { get; private init; }

    /// <summary>The bytes under which activations must stay; 0 where that is not the policy.</summary>
    public long BudgetBytes { get; private init; }

    /// <summary>One block in <paramref name="n"/> is computed again, the others are kept.</summary>
    /// <exception cref="ArgumentOutOfRangeException">n is below 1.</exception>
    public static CheckpointPolicy EveryNth(int n) => n switch
    {
        < 1 => throw new ArgumentOutOfRangeException(nameof(n), n, $"Every n-th block: n is {n}; it must be 1 or above."),
        1 => Blocks,
        _ => new(string.Create(CultureInfo.InvariantCulture, $"every-{n}")) { Every = n },
    };

    /// <summary>As few blocks are computed again as keeps activations, with one block's recomputation, at or under so many bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The budget is below 1 byte.</exception>
    public static CheckpointPolicy Budget(long bytes) => bytes >= 1
        ? new(string.Create(CultureInfo.InvariantCulture, $"budget-{bytes}")) { BudgetBytes = bytes }
        : throw new ArgumentOutOfRangeException(nameof(bytes), bytes, $"The budget for activations is {bytes} bytes; it must be 1 or above.");

    /// <summary>
    /// The policy of a name: <c>none</c>, <c>blocks</c>, <c>attention</c>, <c>feed-forward</c>, <c>every-3</c>, or
    /// <c>budget-104857600</c> in bytes, also <c>budget-100MiB</c> and <c>budget-1GiB</c>.
    /// </summary>
    /// <exception cref="FormatException">There is no such policy.</exception>
    public static CheckpointPolicy Parse(string name)
    {
        if (new[] { None, Blocks, Attention, FeedForward }.FirstOrDefault(p => p.Name == name) is { } simple)
            return simple;
        if (Number(name, "every-") is >= 1 and <= int.MaxValue and var every)
            return EveryNth((int)every);
        if (Number(name, "budget-") is >= 1 and var bytes)
            return Budget(bytes);
        throw new FormatException($"There is no checkpointing '{name}': it is none, blocks, attention, feed-forward, every-N or budget-N "
            + "(bytes, or with KiB, MiB or GiB after the number).");
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static long? Number(string name, string prefix)
    {
        if (!name.StartsWith(prefix, StringComparison.Ordinal))
            return null;
        var text = name[prefix.Length..];
        var unit = text.EndsWith("KiB", StringComparison.Ordinal) ? 10 : text.EndsWith("MiB", StringComparison.Ordinal) ? 20
            : text.EndsWith("GiB", StringComparison.Ordinal) ? 30 : 0;
        var digits = unit == 0 ? text : text[..^3];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= long.MaxValue >> unit
            ? value << unit : null;
    }
}
