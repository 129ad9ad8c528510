using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace PeftLabs.Quantization.Cpu;

/// <summary>What the kernels look up for one code book; lives as long as the process.</summary>
internal readonly unsafe struct CodeTables4
{
    /// <summary>Level by code.</summary>
    public float* Decoded { get; private init; }

    /// <summary>The 15 midpoints between neighbouring levels, ascending.</summary>
    public float* Bounds { get; private init; }

    /// <summary>The midpoints as a binary search tree: the children of node n are 2n and 2n+1, the root is node 1.</summary>
    public float* Tree { get; private init; }

    /// <summary>The code of the lowest level, the next one, ...</summary>
    public Vector128<byte> CodeOfRank { get; private init; }

    public static CodeTables4 Create(ReadOnlySpan<float> levels, ReadOnlySpan<float> decoded)
    {
        var ascending = levels.ToArray();
        var codes = Enumerable.Range(0, 16).Select(i => (byte)i).OrderBy(code => ascending[code]).ToArray(); // a stable order
        Array.Sort(ascending);
        var memory = (float*)NativeMemory.AlignedAlloc(48 * sizeof(float), 64);
        var tables = new CodeTables4
        {
            Decoded = memory,
            Bounds = memory + 16,
            Tree = memory + 32,
            CodeOfRank = Vector128.Create(codes),
        };
        decoded.CopyTo(new Span<float>(memory, 16));
        for (var i = 0; i < 15; i++)
            tables.Bounds[i] = (ascending[i] + ascending[i + 1]) / 2;
        (tables.Bounds[15], tables.Tree[0]) = (float.PositiveInfinity, float.NaN);
        for (var node = 1; node < 16; node++)
            tables.Tree[node] = tables.Bounds[InOrder(node)];
        return tables;
    }

    // Node n of depth d is the (2(n - 2^d) + 1)-th of 2^(d+1) equal parts of the 16 ranks.
    private static int InOrder(int node)
    {
        var depth = int.Log2(node);
        return (2 * (node - (1 << depth)) + 1) * (16 >> (depth + 1)) - 1;
    }
}
