namespace PeftLabs.Tokenization;

/// <summary>A token that is found in the text before anything else happens to it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">What is looked for.</param>
/// <param name="IsSpecial">Decoding may skip it.</param>
/// <param name="SingleWord">Only where no word character touches it.</param>
/// <param name="StripLeft">It takes the white space before it along.</param>
/// <param name="StripRight">It takes the white space after it along.</param>
/// <param name="IsNormalized">It is looked for in the normalized text, itself normalized.</param>
/// <param name="IsVerbatim">If so, then as it is written: the normalizer leaves it as it is.</param>
internal sealed record AddedToken(
    int Id, string Content, bool IsSpecial, bool SingleWord = false, bool StripLeft = false, bool StripRight = false,
    bool IsNormalized = false, bool IsVerbatim = false);
