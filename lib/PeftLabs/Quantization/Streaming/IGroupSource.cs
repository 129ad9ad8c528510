namespace PeftLabs.Quantization.Streaming;

/// <summary>Where the bytes of groups come from.</summary>
internal interface IGroupSource : IDisposable
{
    /// <summary>Its file, for messages.</summary>
    string Path { get; }

    /// <summary>Fills the parts of a group's matrices, in their order, on whatever thread.</summary>
    void Read(int group, IReadOnlyList<NativeRange> parts, CancellationToken cancellation);

    /// <summary>The numbers of a matrix that are no tensors of its own.</summary>
    ReadOnlySpan<float> Scalars(StreamedMatrix matrix);
}
