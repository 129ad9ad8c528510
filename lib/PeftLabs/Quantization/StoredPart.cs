using static TorchSharp.torch;

namespace PeftLabs.Quantization;

/// <summary>A tensor of a complete <see cref="StoredWeight"/>, as its format shapes it.</summary>
/// <param name="Role">Its name in <see cref="StoredWeight.Tensors"/>; parts stand in that order.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Shape">Its dimensions.</param>
internal sealed record StoredPart(string Role, ScalarType Type, params long[] Shape);
