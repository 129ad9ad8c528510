using PeftLabs.Formats;

namespace PeftLabs.Quantization.Streaming;

/// <summary>
/// What a stream file holds: a safetensors file with the parts of every matrix under the weight's name, a CRC-32C for each of them
/// (<c>checksums</c>, I64, in ordinal order of their names), and in its metadata where the weights come from and how each is stored.
/// Two files of equal layout hold the same weights.
/// </summary>
internal sealed class StreamLayout
{
    public const string Checksums = "checksums";
    private const string VersionKey = "peftlabs.stream", Version = "1", SourceKey = "peftlabs.source";

    private readonly Dictionary<string, (StreamedMatrix Matrix, int Index)> _byName = [];

    /// <param name="source">Says which weights these are; equal only for equal ones.</param>
    /// <param name="matrices">In the order of their groups.</param>
    public StreamLayout(string source, IReadOnlyList<StreamedMatrix> matrices)
    {
        Groups = [.. matrices.GroupBy(m => m.Group).OrderBy(g => g.Key).Select(g => g.ToArray())];
        foreach (var (number, group) in Groups.Index())
            foreach (var (index, matrix) in group.Index())
                _byName.Add(matrix.Name, matrix.Group == number ? (matrix, index)
                    : throw new ArgumentException($"'{matrix.Name}' is in group {matrix.Group}; groups are numbered from 0 without gaps."));
        Metadata = matrices.ToDictionary(m => m.Name, m => m.Description);
        Metadata.Add(VersionKey, Version);
        Metadata.Add(SourceKey, source);
        var parts = matrices.SelectMany(m => m.Specs).ToList();
        Tensors = [.. parts, new(Checksums, SafeTensorType.Int64, [parts.Count])];
        Order = [.. parts.Select(p => p.Name).Order(StringComparer.Ordinal)];
    }

    /// <summary>The matrices of each group.</summary>
    public IReadOnlyList<StreamedMatrix[]> Groups { get; }

    /// <summary>Every tensor of the file.</summary>
    public IReadOnlyList<SafeTensorSpec> Tensors { get; }

    /// <summary>The names in the order of their checksums.</summary>
    public IReadOnlyList<string> Order { get; }

    /// <summary>The file's strings.</summary>
    public Dictionary<string, string> Metadata { get; }

    /// <summary>A matrix and its place in its group.</summary>
    public (StreamedMatrix Matrix, int Index) Find(string name) => _byName.TryGetValue(name, out var found) ? found
        : throw new InvalidOperationException($"'{name}' is none of the {_byName.Count} matrices that the stream was planned with.");

    /// <summary>Whether a file is a stream file of whatever layout.</summary>
    public static bool IsStream(SafeTensorsFile file) => file.Metadata.ContainsKey(VersionKey);

    /// <summary>Whether a file has this layout.</summary>
    public bool IsOf(SafeTensorsFile file) =>
        file.Metadata.Count == Metadata.Count && Metadata.All(pair => file.Metadata.GetValueOrDefault(pair.Key) == pair.Value)
        && file.Tensors.Count == Tensors.Count && Tensors.All(spec => file.TryGet(spec.Name, out var found)
            && found.Type == spec.Type && found.Shape.SequenceEqual(spec.Shape));
}
