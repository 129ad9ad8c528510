using System.Collections;
using System.Runtime.CompilerServices;

namespace TorchSharp.Utils;

/// <summary>Typed access to a CPU tensor's elements, in row-major order whatever its strides.</summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private readonly long[] _sizes, _strides;
    private readonly bool _contiguous;
    private torch.Tensor _tensor; // a reference of its own: the accessor outlives the tensor object
    private T* _data;

    internal TensorAccessor(torch.Tensor tensor)
    {
        _sizes = tensor.shape;
        _strides = tensor.stride();
        _contiguous = tensor.is_contiguous();
        Count = tensor.NumberOfElements;
        _tensor = tensor;
        _data = Count == 0 ? null : (T*)Native.Check(Native.shim_data(tensor.Handle));
    }

    public long Count { get; }

    public bool IsReadOnly => false;

    public T this[params long[] indices]
    {
        get => _data[Offset(indices)];
        set => _data[Offset(indices)] = value;
    }

    public T[] ToArray()
    {
        var array = new T[Count];
        CopyTo(array);
        return array;
    }

    public Array ToNDArray()
    {
        var array = Array.CreateInstance(typeof(T), _sizes.Length == 0 ? [1] : _sizes);
        var bytes = Count * sizeof(T);
        ref var first = ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(array);
        for (long i = 0; i < Count; i++)
            Unsafe.WriteUnaligned(ref Unsafe.AddByteOffset(ref first, (nint)(i * sizeof(T))), _data[Place(i)]);
        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var to = array[arrayIndex..];
        var count = (int)Math.Min(to.Length, Count - tensorIndex);
        if (_contiguous) new ReadOnlySpan<T>(_data + tensorIndex, count).CopyTo(to);
        else
            for (var i = 0; i < count; i++)
                to[i] = _data[Place(tensorIndex + i)];
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) =>
        CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var from = array[arrayIndex..];
        var count = (int)Math.Min(from.Length, Count - tensorIndex);
        for (var i = 0; i < count; i++)
            _data[Place(tensorIndex + i)] = from[i];
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++)
            yield return At(i);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public static bool operator ==(TensorAccessor<T> left, TensorAccessor<T> right) =>
        left is null ? right is null : right is not null && left.SequenceEqual(right);

    public static bool operator !=(TensorAccessor<T> left, TensorAccessor<T> right) => !(left == right);

    public override bool Equals(object obj) => obj is TensorAccessor<T> other && this == other;

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    public void Dispose()
    {
        _tensor = null;
        _data = null;
    }

    private T At(long index) => _data[Place(index)];

    private long Offset(long[] indices)
    {
        if (indices.Length == 1 && _sizes.Length != 1) return Place(Within(indices[0], Count));
        if (indices.Length != _sizes.Length)
            throw new ArgumentException($"{indices.Length} indices into a tensor of {_sizes.Length} dimensions");
        var offset = 0L;
        for (var axis = 0; axis < indices.Length; axis++)
            offset += Within(indices[axis], _sizes[axis]) * _strides[axis];
        return offset;
    }

    private static long Within(long index, long count) => index >= 0 && index < count ? index : throw new IndexOutOfRangeException();

    private long Place(long index)
    {
        if (_contiguous) return index;
        var offset = 0L;
        for (var axis = _sizes.Length - 1; axis >= 0; index /= _sizes[axis--])
            offset += index % _sizes[axis] * _strides[axis];
        return offset;
    }
}
