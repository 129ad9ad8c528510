using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace TorchSharp;

/// <summary>Calls libtorch's operators by name, "add.Tensor" being aten::add with the overload Tensor.</summary>
internal static unsafe class Op
{
    private static Dictionary<string, nint> _found = [];
    private static readonly Lock Gate = new();

    /// <summary>The operator's one tensor.</summary>
    public static torch.Tensor Call(string name, params ReadOnlySpan<Arg> args)
    {
        Value result;
        Run(name, args, &result, 1);
        return Wrap(result);
    }

    /// <summary>An operator that works in place on its first argument, which it returns.</summary>
    public static torch.Tensor InPlace(string name, params ReadOnlySpan<Arg> args)
    {
        Value result;
        Run(name, args, &result, 1);
        Native.shim_release((nint)result.Bits);
        return (torch.Tensor)args[0].Object;
    }

    /// <summary>The operator's one tensor as an owned reference, which no scope and no statistics see.</summary>
    public static nint Raw(string name, params ReadOnlySpan<Arg> args)
    {
        Value result;
        Run(name, args, &result, 1);
        return (nint)result.Bits;
    }

    public static (torch.Tensor, torch.Tensor) Call2(string name, params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc Value[2];
        Run(name, args, results, 2);
        return (Wrap(results[0]), Wrap(results[1]));
    }

    public static (torch.Tensor, torch.Tensor, torch.Tensor) Call3(string name, params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc Value[3];
        Run(name, args, results, 3);
        return (Wrap(results[0]), Wrap(results[1]), Wrap(results[2]));
    }

    public static torch.Tensor[] CallList(string name, params ReadOnlySpan<Arg> args)
    {
        Value result;
        Run(name, args, &result, 1);
        var tensors = new torch.Tensor[result.Count];
        for (var i = 0; i < tensors.Length; i++)
            tensors[i] = new torch.Tensor(((nint*)result.Bits)[i]);
        Native.shim_free_list((nint)result.Bits);
        return tensors;
    }

    /// <summary>The operator's one number or truth value.</summary>
    public static Value CallValue(string name, params ReadOnlySpan<Arg> args)
    {
        Value result;
        Run(name, args, &result, 1);
        return result;
    }

    /// <summary>Whether this libtorch has the operator.</summary>
    public static bool Exists(string name) => Lookup(name) != 0;

    private static torch.Tensor Wrap(in Value value) => value.Bits == 0 ? null : new torch.Tensor((nint)value.Bits);

    [SkipLocalsInit]
    private static void Run(string name, ReadOnlySpan<Arg> args, Value* results, int capacity)
    {
        const int Room = 40;
        if (!_found.TryGetValue(name, out var op)) op = Native.Check(Lookup(name));
        var words = 0;
        foreach (ref readonly var arg in args) words += arg.Words;
        var onStack = stackalloc long[Room];
        var room = words <= Room ? onStack : (long*)NativeMemory.Alloc((nuint)words, 8);
        try
        {
            var values = stackalloc Value[args.Length];
            var next = room;
            for (var i = 0; i < args.Length; i++)
            {
                values[i] = args[i].Write(next);
                next += args[i].Words;
            }
            Native.Check(Native.shim_call(op, values, args.Length, results, capacity));
        }
        finally
        {
            if (room != onStack) NativeMemory.Free(room);
        }
    }

    private static nint Lookup(string name)
    {
        var dot = name.IndexOf('.');
        var op = "aten::" + (dot < 0 ? name : name[..dot]) + "\0";
        var overload = (dot < 0 ? "" : name[(dot + 1)..]) + "\0";
        fixed (byte* first = Encoding.UTF8.GetBytes(op), second = Encoding.UTF8.GetBytes(overload))
        {
            var found = Native.shim_find(first, second);
            if (found == 0) return 0;
            lock (Gate) _found = new Dictionary<string, nint>(_found) { [name] = found };
            return found;
        }
    }
}
