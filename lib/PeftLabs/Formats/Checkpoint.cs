using System.Security.Cryptography;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Formats;

/// <summary>
/// A model's weights: model.safetensors, or the shards that model.safetensors.index.json lists, opened when a tensor of theirs is first
/// asked for. Pickle files are refused, for they can run code. Several threads may read at once.
/// </summary>
public sealed class Checkpoint : IDisposable
{
    private readonly Dictionary<string, string> _shardOf;
    private readonly string[] _files;
    private readonly Dictionary<string, SafeTensorsFile> _open = [];
    private readonly Lock _lock = new();
    private string? _sha256;
    private bool _disposed;

    private Checkpoint(string path)
    {
        Path = path;
        if (CheckpointFinder.IsIndex(path))
        {
            _shardOf = CheckpointIndex.Read(path);
            _files = [.. _shardOf.Values.Distinct().Order(StringComparer.Ordinal)];
            return;
        }
        _open[path] = SafeTensorsFile.Open(path);
        _files = [path];
        _shardOf = _open[path].Tensors.ToDictionary(tensor => tensor.Name, _ => path);
    }

    /// <summary>The file with which the checkpoint begins: the single safetensors file, or the index.</summary>
    public string Path { get; }

    /// <summary>The names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => _shardOf.Keys;

    /// <summary>The safetensors files, by name.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>Bytes of all files. No shard is opened for it.</summary>
    public long TotalBytes => _files.Sum(shard => RealFile.Length(shard) ?? throw new FileNotFoundException($"{shard} is not there any more.", shard));

    /// <summary>
    /// Tensors that lie in the shards but not in the index, as (file, tensor): they cannot be read by name, and say that index and
    /// shards do not belong together. Opens every shard.
    /// </summary>
    public IReadOnlyList<(string File, string Tensor)> Unlisted => [.. from shard in _files
                                                                       from tensor in Shard(shard).Tensors
                                                                       where _shardOf.GetValueOrDefault(tensor.Name) != shard
                                                                       select (shard, tensor.Name)];

    /// <summary>Opens a folder with model.safetensors or model.safetensors.index.json, or one of these files by its name.</summary>
    /// <exception cref="SafeTensorsException">There is none, or only a pickle; the index or the file breaks its format.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static Checkpoint Open(string folderOrFile) => new(CheckpointFinder.Find(folderOrFile));

    /// <summary>Whether there is a tensor of that name.</summary>
    public bool Contains(string name) => _shardOf.ContainsKey(name);

    /// <summary>What the tensor is, and where in its file it lies.</summary>
    /// <exception cref="SafeTensorsException">No such tensor, or its shard breaks the format or the index.</exception>
    public SafeTensorInfo Info(string name)
    {
        FileOf(name).TryGet(name, out var tensor);
        return tensor!; // FileOf has found it
    }

    /// <summary>The file that holds the tensor; it stays this checkpoint's.</summary>
    /// <exception cref="SafeTensorsException">No such tensor, or its shard breaks the format or the index.</exception>
    public SafeTensorsFile FileOf(string name) => _shardOf.TryGetValue(name, out var shard) ? Shard(shard)
        : throw SafeTensorsException.NoSuchTensor(Path, name, _shardOf.Keys);

    /// <summary>As <see cref="SafeTensorsFile.ReadInto"/>.</summary>
    /// <exception cref="SafeTensorsException">No such tensor, another shape, or a type that TorchSharp lacks.</exception>
    public void ReadInto(string name, Tensor destination) => FileOf(name).ReadInto(name, destination);

    /// <summary>As <see cref="SafeTensorsFile.ReadRowsInto"/>.</summary>
    /// <exception cref="SafeTensorsException">No such tensor, no matrix of as many columns and rows, or a type that TorchSharp lacks.</exception>
    public void ReadRowsInto(string name, long firstRow, Tensor destination) => FileOf(name).ReadRowsInto(name, firstRow, destination);

    /// <summary>As <see cref="SafeTensorsFile.Read"/>.</summary>
    /// <exception cref="SafeTensorsException">No such tensor, or its type is one that TorchSharp lacks.</exception>
    public Tensor Read(string name, ScalarType? dtype = null, Device? device = null) => FileOf(name).Read(name, dtype, device);

    /// <summary>
    /// A hash of the weights, in lower-case hexadecimal: of a single file what <c>sha256sum</c> prints; of shards the SHA-256 of the
    /// lines that <c>sha256sum</c> prints for them in the order of their names. Reads every byte once, and remembers.
    /// </summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public string Sha256()
    {
        lock (_lock)
            return _sha256 ??= Hash();
    }

    /// <summary>Closes every file.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (var file in _open.Values)
                file.Dispose();
        }
    }

    private string Hash()
    {
        var files = _files.Select(shard => (Name: System.IO.Path.GetFileName(shard), Hash: HashFile(shard))).ToList();
        if (!CheckpointFinder.IsIndex(Path))
            return files[0].Hash;
        var list = string.Concat(files.Select(file => $"{file.Hash}  {file.Name}\n"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(list)));
    }

    private static string HashFile(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1 << 20);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private SafeTensorsFile Shard(string path)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _open.TryGetValue(path, out var file) ? file : _open[path] = OpenShard(path);
        }
    }

    private SafeTensorsFile OpenShard(string path)
    {
        var file = SafeTensorsFile.Open(path);
        if (_shardOf.FirstOrDefault(entry => entry.Value == path && !file.TryGet(entry.Key, out _)).Key is not { } missing)
            return file;
        file.Dispose();
        throw new SafeTensorsException($"the index {Path} says that the tensor lies here, but it does not. Index and shards "
            + "must come from the same download.", path, missing);
    }
}
