using System.Collections;
using System.Reflection;
using TorchSharp;
using static TorchSharp.torch;

namespace PeftLabs.Models;

/// <summary>
/// TorchSharp 0.107 keeps an uninitialised copy of each custom function's outputs until backward, for functions that want absent
/// gradients as zeros. The kit's do not, so the copies are freed here as soon as they are made; otherwise every projection would
/// hold its output once more. A TorchSharp without that list is left alone.
/// </summary>
internal static class OutputCache
{
    private const BindingFlags Hidden = BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance;

    private static readonly IList? s_nodes = typeof(autograd).GetNestedType("Node", Hidden)?
        .GetFields(Hidden).FirstOrDefault(f => f.IsStatic && typeof(IList).IsAssignableFrom(f.FieldType))?.GetValue(null) as IList;

    private static readonly Dictionary<Type, FieldInfo?> s_fields = [];

    /// <summary>Frees the copies that the newest node holds, or all of them; call it right after a function was applied.</summary>
    /// <param name="all">For a function that applied others: its own node is not the newest then.</param>
    public static void Free(bool all)
    {
        if (s_nodes is not { Count: > 0 } nodes)
            return;
        lock (s_fields)
            for (var i = nodes.Count - 1; i >= (all ? 0 : nodes.Count - 1); i--)
                Free(nodes[i]);
    }

    private static void Free(object? node)
    {
        if (node is null || Field(node.GetType())?.GetValue(node) is not List<Tensor> copies)
            return;
        foreach (var copy in copies)
            copy?.Dispose();
        copies.Clear();
    }

    private static FieldInfo? Field(Type node)
    {
        if (!s_fields.TryGetValue(node, out var field))
            s_fields[node] = field = node.GetField("_outputCache", Hidden);
        return field;
    }
}
