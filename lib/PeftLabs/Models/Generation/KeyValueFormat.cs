namespace PeftLabs.Models.Generation;

/// <summary>How the keys and values of generated text are stored. What is computed from them is float32.</summary>
public enum KeyValueFormat
{
    /// <summary>Four bytes a number.</summary>
    Float32,

    /// <summary>Two bytes a number: 8 bits of exponent, 7 of mantissa, to the nearest, halves to even.</summary>
    BFloat16,

    /// <summary>
    /// A signed byte a number, and a float32 scale for each head and token, of keys and of values: a row's codes are its numbers times
    /// 127 / absmax, to the nearest integer (the vector-wise absmax of LLM.int8(), arXiv 2208.07339; quantizing a cache token by token is
    /// KIVI's way with values, arXiv 2402.02750, and at 8 bits good enough for keys).
    /// </summary>
    Int8,
}
