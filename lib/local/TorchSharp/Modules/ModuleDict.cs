using System.Collections;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>Modules by name, in the order they were added; the names stand once the dictionary is registered with a module.</summary>
public class ModuleDict<T> : Module, IDictionary<string, T>, IList<(string, T)> where T : Module
{
    private readonly List<(string Name, T Module)> _modules = [];

    public ModuleDict() : base("ModuleDict")
    {
    }

    public int Count => _modules.Count;

    public bool IsReadOnly => false;

    public ICollection<string> Keys => _modules.ConvertAll(entry => entry.Name);

    public ICollection<T> Values => _modules.ConvertAll(entry => entry.Module);

    public IEnumerable<string> keys() => Keys;

    public IEnumerable<T> values() => Values;

    public T this[string key]
    {
        get => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"no module is named {key}");
        set
        {
            if (Place(key) is var place && place >= 0) _modules[place] = (key, value);
            else Add(key, value);
        }
    }

    public (string, T) this[int index]
    {
        get => _modules[index];
        set => _modules[index] = value;
    }

    public void Add(string key, T value)
    {
        if (ContainsKey(key)) throw new ArgumentException($"a module is already named {key}");
        _modules.Add((key, value));
    }

    public void Add((string, T) item) => Add(item.Item1, item.Item2);
    public void Add(KeyValuePair<string, T> item) => Add(item.Key, item.Value);
    public void Insert(int index, (string, T) item) => _modules.Insert(index, item);
    public bool ContainsKey(string key) => Place(key) >= 0;
    public bool Contains((string, T) item) => _modules.Contains(item);
    public bool Contains(KeyValuePair<string, T> item) => Contains((item.Key, item.Value));
    public int IndexOf((string, T) item) => _modules.IndexOf(item);
    public void Clear() => _modules.Clear();
    public void clear() => Clear();
    public void RemoveAt(int index) => _modules.RemoveAt(index);
    public bool Remove(string key) => _modules.RemoveAll(entry => entry.Name == key) > 0;
    public bool Remove((string, T) item) => _modules.Remove(item);
    public bool Remove(KeyValuePair<string, T> item) => Remove((item.Key, item.Value));
    public void CopyTo((string, T)[] array, int arrayIndex) => _modules.CopyTo(array, arrayIndex);

    public bool TryGetValue(string key, out T value)
    {
        var place = Place(key);
        value = place < 0 ? null : _modules[place].Module;
        return place >= 0;
    }

    public void CopyTo(KeyValuePair<string, T>[] array, int arrayIndex) => Pairs().ToArray().CopyTo(array, arrayIndex);
    public IEnumerator<(string, T)> GetEnumerator() => _modules.GetEnumerator();
    public IEnumerator<(string, T)> items() => GetEnumerator();
    IEnumerator<KeyValuePair<string, T>> IEnumerable<KeyValuePair<string, T>>.GetEnumerator() => Pairs().GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    protected override void RegisterComponents()
    {
        ClearModules();
        foreach (var (name, module) in _modules) register_module(name, module);
    }

    private IEnumerable<KeyValuePair<string, T>> Pairs() => _modules.Select(entry => KeyValuePair.Create(entry.Name, entry.Module));

    private int Place(string key) => _modules.FindIndex(entry => entry.Name == key);
}
