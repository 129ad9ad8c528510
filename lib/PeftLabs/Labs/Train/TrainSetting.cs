namespace PeftLabs.Labs;

/// <summary>An option that was given.</summary>
/// <param name="Key">The option.</param>
/// <param name="Text">Its value.</param>
/// <param name="Place">Where it was given, for messages: file, line and column, or the option of a command line.</param>
public sealed record TrainSetting(TrainKey Key, string Text, string Place);
