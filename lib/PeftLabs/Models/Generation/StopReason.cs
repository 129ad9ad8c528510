namespace PeftLabs.Models.Generation;

/// <summary>Why a generated text ended.</summary>
public enum StopReason
{
    /// <summary>The model gave an end token, or a token came that was asked to stop.</summary>
    EndToken,

    /// <summary>A stop string came.</summary>
    StopString,

    /// <summary>As many tokens came as were asked for.</summary>
    MaxNewTokens,

    /// <summary>Prompt and text fill the positions that the model was made for.</summary>
    ContextFull,

    /// <summary>It was cancelled.</summary>
    Cancelled,
}
