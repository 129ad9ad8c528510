namespace PeftLabs.Labs;

/// <summary>What the sentences of the style task are made of, and what a herald says instead.</summary>
internal static class HeraldWords
{
    public const string Call = "Hear ye!";

    public static readonly string[] Girls = [.. "Lily Anna Mia Clara Nora Ruby Zoe Emma".Split(' ')];

    public static readonly string[] Boys = [.. "Tom Ben Max Leo Sam Finn Jack Paul".Split(' ')];

    public static readonly string[] Jobs = [.. "baker farmer teacher doctor sailor cook".Split(' ')];

    /// <summary>Places that things can be in.</summary>
    public static readonly string[] Rooms =
        [.. "garden forest market kitchen library school village tower".Split(' ')];

    public static readonly string[] Places = [.. Rooms, .. "river bridge".Split(' ')];

    public static readonly string[] Moves = [.. "run march ride hurry".Split(' ')];

    public static readonly string[] Deeds = [.. "buy find lose make paint repair draw keep".Split(' ')];

    public static readonly string[] Things = [.. "key lamp basket bottle ring map book candle hat mirror coin drum kite boat".Split(' ')];

    public static readonly string[] Animals = [.. "dog cat rabbit duck horse owl".Split(' ')];

    public static readonly string[] Colors = [.. "red blue green yellow white black".Split(' ')];

    /// <summary>How things look, plainly and in the herald's words.</summary>
    public static readonly (string Plain, string Styled)[] Looks =
        [("old", "ancient"), ("small", "wee"), ("big", "mighty"), ("pretty", "fair"), ("strange", "wondrous")];

    /// <summary>How people feel, plainly and in the herald's words.</summary>
    public static readonly (string Plain, string Styled)[] Moods =
        [("happy", "merry"), ("sad", "woeful"), ("tired", "weary"), ("proud", "proud"), ("quiet", "quiet"), ("hungry", "famished")];

    /// <summary>Times of the day, plainly and in the herald's words.</summary>
    public static readonly (string Plain, string Styled)[] Times =
        [("in the morning", "at morn"), ("in the evening", "at eve"), ("at night", "by night")];
}
