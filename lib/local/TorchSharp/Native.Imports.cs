using System.Runtime.InteropServices;

namespace TorchSharp;

internal static unsafe partial class Native
{
    [DllImport(Library)] public static extern byte* shim_error(long* id);
    [DllImport(Library)] public static extern byte* shim_version();

    [DllImport(Library)] public static extern nint shim_find(byte* name, byte* overload);
    [DllImport(Library)] public static extern int shim_call(nint op, Value* values, int count, Value* results, int capacity);
    [DllImport(Library)] public static extern void shim_free_list(nint list);

    [DllImport(Library)] public static extern void shim_retain(nint tensor);
    [DllImport(Library)] public static extern void shim_release(nint tensor);
    [DllImport(Library)] public static extern int shim_info(nint tensor, TensorInfo* info);
    [DllImport(Library)] public static extern int shim_sizes(nint tensor, long* sizes);
    [DllImport(Library)] public static extern int shim_strides(nint tensor, long* strides);
    [DllImport(Library)] public static extern nint shim_data(nint tensor);

    [DllImport(Library)] public static extern nint shim_get_grad(nint tensor);
    [DllImport(Library)] public static extern int shim_set_grad(nint tensor, nint gradient);
    [DllImport(Library)] public static extern int shim_set_requires_grad(nint tensor, int value);
    [DllImport(Library)] public static extern int shim_retain_grad(nint tensor);
    [DllImport(Library)] public static extern int shim_grad_mode(int value);
    [DllImport(Library)] public static extern int shim_anomaly(int value);
    [DllImport(Library)] public static extern int shim_is_inference();
    [DllImport(Library)] public static extern nint shim_inference_begin(int enabled);
    [DllImport(Library)] public static extern void shim_inference_end(nint guard);

    [DllImport(Library)]
    public static extern int shim_backward(nint* tensors, int count, nint* gradients, int retain, int create, nint* inputs, int inputCount);

    [DllImport(Library)]
    public static extern int shim_grad(nint* outputs, int count, nint* inputs, int inputCount, nint* gradients, int retain, int create,
        int unused, nint* results);

    [DllImport(Library)]
    public static extern nint shim_node(nint managed, delegate* unmanaged<nint, nint*, int, nint*, int, byte*, int, long> backward,
        delegate* unmanaged<nint, void> release, byte* name, nint* inputs, int count, int* executable);

    [DllImport(Library)] public static extern void shim_node_drop(nint box);
    [DllImport(Library)] public static extern nint shim_node_raw(nint box);

    [DllImport(Library)]
    public static extern int shim_node_wrap(nint box, int executable, nint* outputs, int count, nint* dirty, int dirtyCount, nint* constant,
        int constantCount, nint* results);

    [DllImport(Library)] public static extern int shim_node_save(nint box, nint* tensors, int count);
    [DllImport(Library)] public static extern int shim_node_saved(nint node, nint* results);
    [DllImport(Library)] public static extern void shim_node_clear(nint node);
    [DllImport(Library)] public static extern void shim_node_materialize(nint node, int value);

    [DllImport(Library)] public static extern nint shim_generator(int device, int index);
    [DllImport(Library)] public static extern nint shim_generator_new(int device, int index, ulong seed);
    [DllImport(Library)] public static extern void shim_generator_release(nint generator);
    [DllImport(Library)] public static extern int shim_generator_seed(nint generator, int kind, ulong* seed);
    [DllImport(Library)] public static extern nint shim_generator_state(nint generator, nint state);
    [DllImport(Library)] public static extern int shim_manual_seed(ulong seed, int cudaOnly);

    [DllImport(Library)] public static extern int shim_set_threads(int threads, int interop);
    [DllImport(Library)] public static extern int shim_threads(int interop);
    [DllImport(Library)] public static extern int shim_cuda_count();
    [DllImport(Library)] public static extern int shim_cudnn();
    [DllImport(Library)] public static extern int shim_cuda_synchronize(int device);
    [DllImport(Library)] public static extern int shim_switch(int which, int value);
}

/// <summary>One argument or result of an operator, as the shim reads it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Value
{
    public ValueTag Tag;
    public int Count;
    public long Bits;
}

internal enum ValueTag
{
    None, Tensor, Int, Double, Bool, IntList, TensorList, Default, String, Device, Generator, DoubleList, Complex,
}

[StructLayout(LayoutKind.Sequential)]
internal struct TensorInfo
{
    public long Numel, Dim, ItemSize, Offset;
    public int Dtype, Device, DeviceIndex, Flags;
}
