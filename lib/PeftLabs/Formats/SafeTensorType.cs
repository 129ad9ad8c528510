namespace PeftLabs.Formats;

/// <summary>
/// The element types of safetensors files that language models use. The members stand in the order in which the reference
/// writer ranks them: it stores the last first, so that wide elements come before narrow ones and each is aligned.
/// </summary>
public enum SafeTensorType
{
    /// <summary>BOOL: one byte, 0 or 1.</summary>
    Bool,
    /// <summary>U8: unsigned, 8 bits.</summary>
    UInt8,
    /// <summary>I8: two's complement, 8 bits.</summary>
    Int8,
    /// <summary>F8_E5M2: floating point with 5 bits of exponent and 2 of mantissa.</summary>
    Float8E5M2,
    /// <summary>F8_E4M3: floating point with 4 bits of exponent and 3 of mantissa.</summary>
    Float8E4M3,
    /// <summary>I16: two's complement, 16 bits.</summary>
    Int16,
    /// <summary>U16: unsigned, 16 bits.</summary>
    UInt16,
    /// <summary>F16: IEEE 754 half precision.</summary>
    Float16,
    /// <summary>BF16: the upper half of an IEEE 754 single.</summary>
    BFloat16,
    /// <summary>I32: two's complement, 32 bits.</summary>
    Int32,
    /// <summary>U32: unsigned, 32 bits.</summary>
    UInt32,
    /// <summary>F32: IEEE 754 single precision.</summary>
    Float32,
    /// <summary>F64: IEEE 754 double precision.</summary>
    Float64,
    /// <summary>I64: two's complement, 64 bits.</summary>
    Int64,
    /// <summary>U64: unsigned, 64 bits.</summary>
    UInt64,
}
