using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The memory of a contiguous CPU tensor.</summary>
        public unsafe Span<byte> bytes
        {
            get => new((void*)HostData(), checked((int)(NumberOfElements * ElementSize)));
            set
            {
                if (value.Length != NumberOfElements * ElementSize)
                    throw new ArgumentException("Mismatched data sizes in SetBytes().");
                value.CopyTo(bytes);
            }
        }

        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            CheckType<T>();
            CheckOnHost();
            return new TensorAccessor<T>(this);
        }

        public T item<T>() where T : unmanaged
        {
            CheckType<T>();
            if (NumberOfElements != 1) throw new ArgumentException("Number of elements in the tensor must be 1");
            using var host = device_type == DeviceType.CPU ? null : cpu();
            return Unsafe.ReadUnaligned<T>(ref (host ?? this).FirstByte());
        }

        public Scalar ToScalar() => dtype switch
        {
            ScalarType.Byte => item<byte>(),
            ScalarType.Int8 => item<sbyte>(),
            ScalarType.Int16 => item<short>(),
            ScalarType.Int32 => item<int>(),
            ScalarType.Int64 => item<long>(),
            ScalarType.Bool => item<bool>(),
            ScalarType.Float16 => item<Half>(),
            ScalarType.BFloat16 => item<BFloat16>(),
            ScalarType.Float32 => item<float>(),
            ScalarType.Float64 => item<double>(),
            ScalarType.ComplexFloat32 => item<(float, float)>(),
            ScalarType.ComplexFloat64 => item<Complex>(),
            var other => throw new NotSupportedException($"a {other} has no scalar"),
        };

        public T ReadCpuValue<T>(long i) where T : unmanaged => data<T>()[Unravel(i)];
        public byte ReadCpuByte(long i) => ReadCpuValue<byte>(i);
        public sbyte ReadCpuSByte(long i) => ReadCpuValue<sbyte>(i);
        public short ReadCpuInt16(long i) => ReadCpuValue<short>(i);
        public int ReadCpuInt32(long i) => ReadCpuValue<int>(i);
        public long ReadCpuInt64(long i) => ReadCpuValue<long>(i);
        public bool ReadCpuBool(long i) => ReadCpuValue<bool>(i);
        public float ReadCpuFloat16(long i) => (float)ReadCpuValue<Half>(i);
        public float ReadCpuBFloat16(long i) => (float)ReadCpuValue<BFloat16>(i);
        public float ReadCpuSingle(long i) => ReadCpuValue<float>(i);
        public double ReadCpuDouble(long i) => ReadCpuValue<double>(i);

        internal unsafe nint HostData()
        {
            if (!is_contiguous()) throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
            CheckOnHost();
            return NumberOfElements == 0 ? 0 : Native.Check(Native.shim_data(Handle));
        }

        private void CheckOnHost()
        {
            if (device_type != DeviceType.CPU)
                throw new InvalidOperationException(
                    "Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
        }

        private unsafe ref byte FirstByte() => ref *(byte*)Native.Check(Native.shim_data(Handle));

        private long[] Unravel(long index)
        {
            var sizes = shape;
            var place = new long[sizes.Length];
            for (var axis = sizes.Length - 1; axis >= 0; index /= sizes[axis--])
                place[axis] = index % sizes[axis];
            return place;
        }

        private void CheckType<T>()
        {
            if (!Fits(typeof(T), dtype)) throw new ArgumentException($"{typeof(T).Name} is not compatible with {dtype}");
        }

        internal static bool Fits(Type type, ScalarType dtype) => dtype switch
        {
            ScalarType.Byte => type == typeof(byte),
            ScalarType.Int8 => type == typeof(sbyte),
            ScalarType.Int16 => type == typeof(short),
            ScalarType.Int32 => type == typeof(int),
            ScalarType.Int64 => type == typeof(long),
            ScalarType.Bool => type == typeof(bool),
            ScalarType.Float16 => type == typeof(Half),
            ScalarType.BFloat16 => type == typeof(BFloat16),
            ScalarType.Float32 => type == typeof(float),
            ScalarType.Float64 => type == typeof(double),
            ScalarType.ComplexFloat32 => type == typeof((float, float)),
            ScalarType.ComplexFloat64 => type == typeof(Complex),
            _ => false,
        };
    }
}
