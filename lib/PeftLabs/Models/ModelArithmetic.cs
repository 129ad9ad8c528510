using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>The type in which a model's matrix products are computed.</summary>
internal static class ModelArithmetic
{
    /// <summary>The type of operands.</summary>
    public static ScalarType ToScalarType(this ArithmeticType type) => type switch
    {
        ArithmeticType.BFloat16 => ScalarType.BFloat16,
        ArithmeticType.Float16 => ScalarType.Float16,
        _ => ScalarType.Float32,
    };

    /// <summary>Has every projection compute in a type.</summary>
    /// <exception cref="ArgumentException">16 bits on a CPU.</exception>
    public static void Apply(CausalLM model, ArithmeticType type)
    {
        Check(type, model.Device);
        foreach (var projection in model.Projections.Values)
            projection.Weight.ProductType = type.ToScalarType();
    }

    /// <summary>Refuses a type that a device does not compute in.</summary>
    /// <exception cref="ArgumentException">16 bits on a CPU.</exception>
    public static void Check(ArithmeticType type, Device device)
    {
        if (type != ArithmeticType.Float32 && device.type == DeviceType.CPU)
            throw new ArgumentException($"Arithmetic is {type}, and the model is on a CPU, where it must be Float32. "
                + $"16-bit formats are for storage there: load weights as {type} (a WeightFormat), or keep activations as {type} (SavedActivations).");
    }
}
