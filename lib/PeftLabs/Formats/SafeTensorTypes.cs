using System.Diagnostics.CodeAnalysis;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Formats;

/// <summary>What a <see cref="SafeTensorType"/> is called in the file, how wide it is, and which TorchSharp type holds it.</summary>
public static class SafeTensorTypes
{
    // In the order of the enum.
    private static readonly (string Code, int Bytes, ScalarType? Scalar)[] Table =
    [
        ("BOOL", 1, ScalarType.Bool), ("U8", 1, ScalarType.Byte), ("I8", 1, ScalarType.Int8),
        ("F8_E5M2", 1, null), ("F8_E4M3", 1, null),
        ("I16", 2, ScalarType.Int16), ("U16", 2, null), ("F16", 2, ScalarType.Float16), ("BF16", 2, ScalarType.BFloat16),
        ("I32", 4, ScalarType.Int32), ("U32", 4, null), ("F32", 4, ScalarType.Float32),
        ("F64", 8, ScalarType.Float64), ("I64", 8, ScalarType.Int64), ("U64", 8, null),
    ];

    /// <summary>The codes that a file may name, for messages.</summary>
    internal static string Codes { get; } = string.Join(", ", Table.Select(row => row.Code));

    extension(SafeTensorType type)
    {
        /// <summary>Bytes of one element.</summary>
        public int Bytes => Table[(int)type].Bytes;

        /// <summary>The type's name in the file, such as <c>BF16</c>.</summary>
        public string Code => Table[(int)type].Code;

        /// <summary>The TorchSharp type with the same bits, or null where TorchSharp has none (float8, unsigned 16 to 64 bits).</summary>
        public ScalarType? ToScalarType() => Table[(int)type].Scalar;
    }

    /// <summary>The type that stores a TorchSharp type without loss.</summary>
    /// <exception cref="ArgumentException">Safetensors has no such type (complex and quantized types).</exception>
    public static SafeTensorType ToSafeTensorType(this ScalarType type)
    {
        var index = Array.FindIndex(Table, row => row.Scalar == type);
        return index >= 0 ? (SafeTensorType)index : throw new ArgumentException(
            $"{type} has no safetensors type: convert the tensor to one of {Codes} first.", nameof(type));
    }

    /// <summary>The type that a file calls <paramref name="code"/>; false where it is unknown.</summary>
    public static bool TryParse([NotNullWhen(true)] string? code, out SafeTensorType type)
    {
        var index = Array.FindIndex(Table, row => row.Code == code);
        type = (SafeTensorType)Math.Max(index, 0);
        return index >= 0;
    }
}
