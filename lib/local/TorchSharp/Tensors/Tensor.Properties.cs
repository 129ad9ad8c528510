namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        public long[] shape
        {
            get
            {
                var sizes = new long[Info.Dim];
                fixed (long* to = sizes) Native.Check(Native.shim_sizes(Handle, to));
                return sizes;
            }
        }

        public ScalarType dtype => (ScalarType)Info.Dtype;

        public Device device
        {
            get
            {
                var info = Info;
                return new Device((DeviceType)info.Device, info.DeviceIndex);
            }
        }

        public DeviceType device_type => (DeviceType)Info.Device;
        public int device_index => Info.DeviceIndex;
        public bool is_cuda => device_type == DeviceType.CUDA;
        public bool is_meta => device_type == DeviceType.META;
        public bool is_sparse => (Info.Flags & 8) != 0;
        public long Dimensions => Info.Dim;
        public long ndim => Info.Dim;
        public long NumberOfElements => Info.Numel;
        public long ElementSize => Info.ItemSize;

        public bool is_leaf => (Info.Flags & 2) != 0;

        public bool requires_grad
        {
            get => (Info.Flags & 1) != 0;
            set => Native.Check(Native.shim_set_requires_grad(Handle, value ? 1 : 0));
        }

        /// <summary>The accumulated gradient, null where there is none; each read gives a new reference.</summary>
        public Tensor grad
        {
            get => Native.shim_get_grad(Handle) is var gradient && gradient == 0 ? null : new Tensor(gradient);
            set => Native.Check(Native.shim_set_grad(Handle, value is null ? 0 : value.Handle));
        }

        public long dim() => Info.Dim;
        public long numel() => Info.Numel;
        public long element_size() => Info.ItemSize;
        public long storage_offset() => Info.Offset;
        public long[] size() => shape;
        public long size(int dim) => shape[Wrap(dim)];
        public long stride(int dim) => stride()[Wrap(dim)];
        public bool is_contiguous() => (Info.Flags & 4) != 0;
        public bool is_cpu() => device_type == DeviceType.CPU;
        public bool is_floating_point() => torch.is_floating_point(dtype);
        public bool is_integral() => torch.is_integral(dtype);
        public bool is_complex() => torch.is_complex(dtype);
        public bool is_nonzero() => Op.CallValue("is_nonzero", this).Bits != 0;
        public bool is_pinned() => Op.CallValue("is_pinned", this).Bits != 0;

        public long[] stride()
        {
            var strides = new long[Info.Dim];
            fixed (long* to = strides) Native.Check(Native.shim_strides(Handle, to));
            return strides;
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public void retain_grad() => Native.Check(Native.shim_retain_grad(Handle));

        private TensorInfo Info
        {
            get
            {
                TensorInfo info;
                Native.Check(Native.shim_info(Handle, &info));
                return info;
            }
        }

        private int Wrap(int dim) => dim < 0 ? dim + (int)Info.Dim : dim;
    }
}
