using System.Collections;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>Modules named by their place; the names stand once the list is registered with a module.</summary>
public class ModuleList<T> : Module, IList<T> where T : Module
{
    private readonly List<T> _modules;

    public ModuleList(params T[] modules) : base(nameof(ModuleList)) => _modules = [.. modules];

    public int Count => _modules.Count;

    public bool IsReadOnly => false;

    public T this[int index]
    {
        get => _modules[index];
        set => _modules[index] = value;
    }

    public void Add(T item) => _modules.Add(item);
    public void append(params T[] parameters) => _modules.AddRange(parameters);
    public void extend(IEnumerable<T> modules) => _modules.AddRange(modules);
    public void Clear() => _modules.Clear();
    public bool Contains(T item) => _modules.Contains(item);
    public void CopyTo(T[] array, int arrayIndex) => _modules.CopyTo(array, arrayIndex);
    public int IndexOf(T item) => _modules.IndexOf(item);
    public void Insert(int index, T item) => _modules.Insert(index, item);
    public bool Remove(T item) => _modules.Remove(item);
    public void RemoveAt(int index) => _modules.RemoveAt(index);
    public IEnumerator<T> GetEnumerator() => _modules.GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    protected override void RegisterComponents()
    {
        ClearModules();
        for (var i = 0; i < _modules.Count; i++) register_module(i.ToString(), _modules[i]);
    }
}
