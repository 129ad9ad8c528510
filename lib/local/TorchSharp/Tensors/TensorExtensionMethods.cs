using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp;

public static partial class TensorExtensionMethods
{
    public static byte ToByte(this Tensor value) => (byte)Number(value).ToInt64();
    public static sbyte ToSByte(this Tensor value) => (sbyte)Number(value).ToInt64();
    public static short ToInt16(this Tensor value) => (short)Number(value).ToInt64();
    public static int ToInt32(this Tensor value) => (int)Number(value).ToInt64();
    public static long ToInt64(this Tensor value) => Number(value).ToInt64();
    public static Half ToHalf(this Tensor value) => Number(value).ToHalf();
    public static BFloat16 ToBFloat16(this Tensor value) => Number(value).ToBFloat16();
    public static float ToSingle(this Tensor value) => Number(value).ToSingle();
    public static double ToDouble(this Tensor value) => Number(value).ToDouble();
    public static bool ToBoolean(this Tensor value) => Number(value).ToBoolean();

    public static Parameter AsParameter(this Tensor tensor) => new(tensor);

    public static long TotalSize(this IEnumerable<long> shape) => shape.Aggregate(1L, (product, size) => product * size);

    public static ReadOnlySpan<int> IntShape(this Tensor tensor) => Array.ConvertAll(tensor.shape, size => (int)size);

    public static int ElementSize(this ScalarType type) => type switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool or ScalarType.QInt8 or ScalarType.QUInt8 => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 or ScalarType.QInt32 => 4,
        ScalarType.Int64 or ScalarType.Float64 or ScalarType.ComplexFloat32 => 8,
        ScalarType.ComplexFloat64 => 16,
        _ => throw new NotSupportedException($"{type} has no element size"),
    };

    public static Tensor ToTensor<T>(this T[] rawArray, long[] dimensions, bool doCopy = false, bool requires_grad = false) =>
        FromArray(rawArray).reshape(dimensions).with_requires_grad(requires_grad);

    public static Tensor ToTensor<T>(this T scalar, Device device = null, bool requires_grad = false) where T : struct =>
        FromArray(new[] { scalar }).reshape([]).to(device ?? CPU).with_requires_grad(requires_grad);

    private static Tensor FromArray(Array array) => array switch
    {
        bool[] values => tensor(values),
        byte[] values => tensor(values),
        sbyte[] values => tensor(values),
        short[] values => tensor(values),
        int[] values => tensor(values),
        long[] values => tensor(values),
        Half[] values => tensor(values),
        BFloat16[] values => tensor(values),
        float[] values => tensor(values),
        double[] values => tensor(values),
        _ => throw new NotImplementedException($"a tensor of {array.GetType().GetElementType().Name}"),
    };

    private static Scalar Number(Tensor value) => value.ToScalar();
}
