using System.Text;

namespace TorchSharp;

/// <summary>An argument of an operator. Nothing (null) is libtorch's None.</summary>
internal readonly struct Arg
{
    public readonly ValueTag Tag;
    public readonly long Bits;
    public readonly object Object;

    private Arg(ValueTag tag, long bits = 0, object obj = null) => (Tag, Bits, Object) = (tag, bits, obj);

    public static Arg None => default;
    public static Arg Default => new(ValueTag.Default);

    public static implicit operator Arg(torch.Tensor value) => value is null ? None : new(ValueTag.Tensor, 0, value);
    public static implicit operator Arg(long value) => new(ValueTag.Int, value);
    public static implicit operator Arg(long? value) => value is { } v ? v : None;
    public static implicit operator Arg(double value) => new(ValueTag.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Arg(double? value) => value is { } v ? v : None;
    public static implicit operator Arg(bool value) => new(ValueTag.Bool, value ? 1 : 0);
    public static implicit operator Arg(bool? value) => value is { } v ? v : None;
    public static implicit operator Arg(Scalar value) => value is null ? None : value.Argument;
    public static implicit operator Arg(torch.ScalarType value) => new(ValueTag.Int, (long)value);
    public static implicit operator Arg(torch.ScalarType? value) => value is { } v ? v : None;
    public static implicit operator Arg(string value) => value is null ? None : new(ValueTag.String, 0, value);
    public static implicit operator Arg(long[] value) => value is null ? None : new(ValueTag.IntList, value.Length, value);
    public static implicit operator Arg(double[] value) => value is null ? None : new(ValueTag.DoubleList, value.Length, value);
    public static implicit operator Arg(torch.Tensor[] value) => value is null ? None : new(ValueTag.TensorList, value.Length, value);
    public static implicit operator Arg(torch.Generator value) => value is null ? None : new(ValueTag.Generator, 0, value);

    public static implicit operator Arg(torch.Device value) =>
        value is null ? None : new(ValueTag.Device, (long)value.type | ((long)(byte)(sbyte)value.index << 8));

    /// <summary>A tensor that has no object of its own, or none if zero.</summary>
    public static Arg Raw(nint impl) => impl == 0 ? None : new(ValueTag.Tensor, impl);

    public static Arg Complex(System.Numerics.Complex value) => new(ValueTag.Complex, 2, new[] { value.Real, value.Imaginary });

    /// <summary>The 8-byte words that this argument needs beside its value.</summary>
    public int Words => Tag switch
    {
        ValueTag.IntList or ValueTag.TensorList or ValueTag.DoubleList or ValueTag.Complex => (int)Bits,
        ValueTag.String => (Encoding.UTF8.GetMaxByteCount(((string)Object).Length) + 8) / 8,
        _ => 0,
    };

    /// <summary>Writes the value, and what it points to into the room, which is Words long.</summary>
    public unsafe Value Write(long* room)
    {
        var value = new Value { Tag = Tag, Bits = Bits };
        switch (Tag)
        {
            case ValueTag.Tensor:
                if (Object is torch.Tensor tensor) value.Bits = tensor.Handle;
                break;
            case ValueTag.Generator:
                value.Bits = ((torch.Generator)Object).Handle;
                break;
            case ValueTag.IntList:
                ((long[])Object).CopyTo(new Span<long>(room, (int)Bits));
                break;
            case ValueTag.DoubleList or ValueTag.Complex:
                ((double[])Object).CopyTo(new Span<double>(room, (int)Bits));
                break;
            case ValueTag.TensorList:
                var tensors = (torch.Tensor[])Object;
                for (var i = 0; i < tensors.Length; i++)
                    room[i] = tensors[i] is null ? 0 : tensors[i].Handle;
                break;
            case ValueTag.String:
                var bytes = new Span<byte>(room, Words * 8);
                bytes[Encoding.UTF8.GetBytes((string)Object, bytes)] = 0;
                break;
        }
        if (Words > 0 || Tag is ValueTag.IntList or ValueTag.TensorList or ValueTag.DoubleList)
            (value.Count, value.Bits) = ((int)Bits, (long)room);
        return value;
    }

}
