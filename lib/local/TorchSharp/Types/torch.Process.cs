using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The version of the libtorch in use.</summary>
    public static unsafe string __version__ => Marshal.PtrToStringUTF8((nint)Native.shim_version());

    public static int get_num_threads() => Native.shim_threads(0);
    public static void set_num_threads(int num) => Native.Check(Native.shim_set_threads(num, 0));
    public static int get_num_interop_threads() => Native.shim_threads(1);
    public static void set_num_interop_threads(int num) => Native.Check(Native.shim_set_threads(num, 1));

    public static bool cuda_is_available() => cuda.is_available();

    public static bool are_deterministic_algorithms_enabled() => Native.shim_switch(1, -1) != 0;

    public static bool is_tensor(object obj) => obj is Tensor;

    public static partial class cuda
    {
        public static bool is_available() => device_count() > 0;
        public static bool is_cudnn_available() => Native.shim_cudnn() != 0;
        public static int device_count() => Native.shim_cuda_count();
        public static void manual_seed(long seed) => Native.Check(Native.shim_manual_seed((ulong)seed, 1));
        public static void manual_seed_all(long seed) => Native.Check(Native.shim_manual_seed((ulong)seed, 1));
        public static void synchronize(Device device = null) => Native.Check(Native.shim_cuda_synchronize(device?.index ?? -1));
    }

    public static partial class backends
    {
        public static partial class cuda
        {
            public static partial class matmul
            {
                public static bool allow_tf32
                {
                    get => Native.shim_switch(0, -1) != 0;
                    set => Native.Check(Native.shim_switch(0, value ? 1 : 0));
                }
            }
        }
    }
}
