namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>The parameters and persistent buffers themselves, not copies, by name.</summary>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor> destination = null, string prefix = null)
            {
                destination ??= [];
                var start = string.IsNullOrEmpty(prefix) ? "" : prefix + ".";
                foreach (var (name, parameter) in named_parameters()) destination.TryAdd(start + name, parameter);
                foreach (var (name, buffer) in named_buffers(include_nonpersistent: false)) destination.TryAdd(start + name, buffer);
                foreach (var (name, child) in named_children()) child.state_dict(destination, start + name);
                return destination;
            }

            /// <summary>Copies values into the parameters and buffers of the same names.</summary>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(Dictionary<string, Tensor> source,
                bool strict = true, IList<string> skip = null)
            {
                var own = state_dict();
                var missing = own.Keys.Where(name => !source.ContainsKey(name) && skip?.Contains(name) != true).ToList();
                var unexpected = source.Keys.Where(name => !own.ContainsKey(name)).ToList();
                if (strict && (missing.Count > 0 || unexpected.Count > 0))
                    throw new InvalidOperationException("The loaded state_dict is not identical to the target dictionary.");
                using var off = no_grad();
                foreach (var (name, value) in source)
                    if (own.TryGetValue(name, out var target) && skip?.Contains(name) != true)
                        target.copy_(value);
                return (missing, unexpected);
            }

            protected virtual Module _to(ScalarType dtype, bool non_blocking)
            {
                _toEpilog(dtype, non_blocking);
                return this;
            }

            protected virtual Module _to(Device device, ScalarType dtype, bool non_blocking)
            {
                _toEpilog(device, dtype, non_blocking);
                return this;
            }

            protected virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
            {
                _toEpilog(deviceType, deviceIndex, non_blocking);
                return this;
            }

            public Module _to(Tensor other, bool non_blocking) => _to(other.device, other.dtype, non_blocking);

            protected void _toEpilog(ScalarType dtype, bool non_blocking) => _toEpilog(dtype, null, non_blocking);

            protected void _toEpilog(Device device, ScalarType dtype, bool non_blocking) =>
                _toEpilog((ScalarType?)dtype, device, non_blocking);

            protected void _toEpilog(DeviceType deviceType, int deviceIndex, bool non_blocking) =>
                _toEpilog(null, new Device(deviceType, deviceIndex), non_blocking);

            protected virtual void _toEpilog(ScalarType? dtype, Device device, bool non_blocking)
            {
                foreach (var (_, child) in _modulesByName) child.Move(dtype, device, non_blocking);
                foreach (var (_, parameter) in _parametersByName) parameter.MoveInPlace(dtype, device, non_blocking);
                foreach (var (_, buffer, _) in _buffersByName) buffer.MoveInPlace(dtype, device, non_blocking);
            }

            internal Module Move(ScalarType? dtype, Device device, bool non_blocking)
            {
                if (dtype is { } wrong && !is_floating_point(wrong) && !is_complex(wrong))
                    throw new ArgumentException(
                        $"nn.Module.to only accepts floating point or complex types, but got desired dtype={wrong}");
                return (dtype, device) switch
                {
                    ({ } type, null) => _to(type, non_blocking),
                    ({ } type, { } place) => _to(place, type, non_blocking),
                    (null, { } place) => _to(place.type, place.index, non_blocking),
                    _ => this,
                };
            }
        }
    }

    public partial class Tensor
    {
        /// <summary>Converts the tensor behind this object, gradient and all; everyone who holds the object sees it.</summary>
        internal void MoveInPlace(ScalarType? dtype, Device device, bool non_blocking)
        {
            var (type, place) = (is_floating_point() || is_complex() ? dtype ?? this.dtype : this.dtype, device ?? this.device);
            if (type == this.dtype && place.type == device_type && (place.index < 0 || place.index == device_index)) return;
            using var off = no_grad();
            using var scope = NewDisposeScope();
            var (learns, gradient) = (requires_grad, grad);
            var moved = detach().to(type, place, non_blocking: non_blocking).requires_grad_(learns);
            if (gradient is not null) moved.grad = gradient.to(type, place, non_blocking: non_blocking);
            (_impl, moved._impl) = (moved._impl, _impl);
        }
    }
}
