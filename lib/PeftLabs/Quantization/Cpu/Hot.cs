using System.Runtime.CompilerServices;

namespace PeftLabs.Quantization.Cpu;

/// <summary>How the loops of kernels are compiled.</summary>
internal static class Hot
{
    /// <summary>
    /// At once and fully, since unoptimized they take thirty times as long, and a text is short; and never into their caller, where the
    /// compiler would run out of its budget and leave every operation of a lane a call.
    /// </summary>
    public const MethodImplOptions Loop = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;
}
