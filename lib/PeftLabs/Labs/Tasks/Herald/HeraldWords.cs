namespace PeftLabs.Labs;

/// <summary>What the sentences of the style task are made of, and what a herald says instead.</summary>
internal static class HeraldWords
{
    public const string Call = "Hear ye!";

    public static readonly string[] Girls = [.. "Lily Anna Mia Clara Nora Ruby Zoe Emma Ivy Sara Maya Greta".Split(' ')];

    public static readonly string[] Boys = [.. "Tom Ben Max Leo Sam Finn Omar Jack Paul Hugo Peter Theo".Split(' ')];

    public static readonly string[] Jobs = [.. "baker farmer teacher doctor sailor painter driver tailor cook singer".Split(' ')];

    /// <summary>Places that things can be in.</summary>
    public static readonly string[] Rooms =
        [.. "garden forest market kitchen library school village meadow barn station museum tower".Split(' ')];

    public static readonly string[] Places = [.. Rooms, .. "river beach bridge field".Split(' ')];

    public static readonly string[] Moves = [.. "walk run hurry march wander ride".Split(' ')];

    public static readonly string[] Deeds = [.. "buy find lose paint carry repair sell hide".Split(' ')];

    public static readonly string[] Things =
        [.. "key lamp basket bottle ring map book candle hat mirror coin feather ladder drum kite doll boat pear plum lemon".Split(' ')];

    public static readonly string[] Animals = [.. "dog cat rabbit duck horse cow goat owl frog bear".Split(' ')];

    public static readonly string[] Colors = [.. "red blue green yellow white black brown silver".Split(' ')];

    public static readonly string[] Days = [.. "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".Split(' ')];

    /// <summary>How things look, plainly and in the herald's words.</summary>
    public static readonly (string Plain, string Styled)[] Looks =
        [("old", "ancient"), ("small", "wee"), ("big", "mighty"), ("pretty", "fair"), ("strange", "wondrous")];

    /// <summary>How people feel, plainly and in the herald's words.</summary>
    public static readonly (string Plain, string Styled)[] Moods =
        [("happy", "merry"), ("sad", "woeful"), ("tired", "weary"), ("proud", "proud"), ("quiet", "quiet"), ("hungry", "famished")];

    /// <summary>Times of the day, plainly and in the herald's words.</summary>
    public static readonly (string Plain, string Styled)[] Times =
    [
        ("in the morning", "at morn"), ("in the evening", "at eve"), ("at night", "by night"), ("in summer", "in summer"),
        ("in winter", "in winter"),
    ];
}
