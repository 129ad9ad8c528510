using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            /// <summary>Scales all gradients so that their norm together is at most max_norm; returns the norm before.</summary>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2)
            {
                using var off = no_grad();
                using var scope = NewDisposeScope();
                var gradients = tensors.Select(parameter => parameter.grad).Where(gradient => gradient is not null).ToList();
                if (gradients.Count == 0) return 0;
                var device = gradients[0].device;
                var norms = gradients.Select(gradient => Norm(gradient, norm_type).to(device)).ToArray();
                var total = Norm(norms.Length == 1 ? norms[0] : stack(norms), norm_type).ToDouble();
                var scale = max_norm / (total + 1e-6);
                if (scale < 1 || double.IsNaN(scale))
                    gradients.ForEach(gradient => gradient.mul_(scale));
                return total;
            }

            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using var off = no_grad();
                foreach (var parameter in tensors)
                    using (var gradient = parameter.grad)
                        gradient?.clamp_(-clip_value, clip_value);
            }

            public static Tensor parameters_to_vector(IEnumerable<Parameter> tensors)
            {
                using var scope = NewDisposeScope();
                return cat(tensors.Select(parameter => parameter.view(-1)).ToArray()).MoveToOuterDisposeScope();
            }

            public static void vector_to_parameters(Tensor vec, IEnumerable<Parameter> tensors)
            {
                using var off = no_grad();
                using var scope = NewDisposeScope();
                var start = 0L;
                foreach (var parameter in tensors)
                {
                    parameter.copy_(vec.narrow(0, start, parameter.numel()).view_as(parameter));
                    start += parameter.numel();
                }
            }

            private static Tensor Norm(Tensor tensor, double type) => Op.Call("linalg_vector_norm", tensor, (Scalar)type);
        }
    }
}
