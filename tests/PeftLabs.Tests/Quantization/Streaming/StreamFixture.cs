using PeftLabs.Models;
using PeftLabs.Quantization;
using PeftLabs.Quantization.Streaming;
using PeftLabs.Tests.Formats;
using static TorchSharp.torch;

namespace PeftLabs.Tests.Quantization.Streaming;

/// <summary>Random matrices in a stream file, and the same ones in memory.</summary>
internal sealed class StreamFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="matrices">For each group the matrices' formats and shapes.</param>
    public StreamFixture(params (string Format, long Rows, long Columns)[][] matrices)
    {
        Layout = new("test", [.. matrices.Index().SelectMany(g => g.Item.Index().Select(m => new StreamedMatrix(
            $"group{g.Index}.matrix{m.Index}.weight", g.Index, WeightFormat.Parse(m.Item.Format), m.Item.Rows, m.Item.Columns)))]);
        foreach (var matrix in Layout.Groups.SelectMany(g => g))
            Held.Add(matrix.Name, Random(matrix));
        using var writer = new StreamFileWriter(Path, Layout);
        foreach (var matrix in Layout.Groups.SelectMany(g => g))
            writer.Write(matrix, Held[matrix.Name]);
        writer.Commit(durable: false);
    }

    public StreamLayout Layout { get; }

    /// <summary>The matrices that never left memory, by name.</summary>
    public Dictionary<string, StoredWeight> Held { get; } = [];

    public string Path => _folder["stream.safetensors"];

    public StreamFile OpenFile() => StreamFile.Open(Path, Layout, temporary: false)!;

    public GatedSource Gated(bool open = false) => new(OpenFile(), open);

    public void Dispose()
    {
        foreach (var weight in Held.Values)
            weight.Dispose();
        _folder.Dispose();
    }

    private static StoredWeight Random(StreamedMatrix matrix)
    {
        var values = new float[matrix.Rows * matrix.Columns];
        new NormalNumbers(1, matrix.Name, 0.1).Fill(values, 0);
        using var dense = tensor(values, matrix.Rows, matrix.Columns);
        return matrix.Format.Encode(dense);
    }
}
