namespace TorchSharp;

public static partial class torch
{
    public static Tensor softmax(Tensor input, int dim, ScalarType? dtype = default) => input.softmax(dim, dtype);

    public partial class Tensor
    {
        public Tensor relu() => Op.Call("relu", this);
        public Tensor relu_() => Op.InPlace("relu_", this);
        public Tensor relu6() => Op.Call("relu6", this);
        public Tensor relu6_() => Op.InPlace("relu6_", this);
        public Tensor silu() => Op.Call("silu", this);
        public Tensor silu_() => Op.InPlace("silu_", this);
        public Tensor selu() => Op.Call("selu", this);
        public Tensor selu_() => Op.InPlace("selu_", this);
        public Tensor hardsigmoid() => Op.Call("hardsigmoid", this);
        public Tensor hardsigmoid_() => Op.InPlace("hardsigmoid_", this);
        public Tensor hardswish() => Op.Call("hardswish", this);
        public Tensor hardswish_() => Op.InPlace("hardswish_", this);
        public Tensor gelu() => Op.Call("gelu", this);
        public Tensor gelu_() => Op.Call("gelu_", this);
        public Tensor gelu(TorchSharp.Modules.GELU.Approximate approximate) => Op.Call("gelu", this, approximate.ToString());
        public Tensor gelu_(TorchSharp.Modules.GELU.Approximate approximate) => Op.Call("gelu_", this, approximate.ToString());
        public Tensor leaky_relu(Scalar negative_slope) => Op.Call("leaky_relu", this, negative_slope);
        public Tensor softplus(double beta = 1, double threshold = 20) => Op.Call("softplus", this, beta, threshold);
        public Tensor softmax(long dim, ScalarType? dtype = default) => Op.Call("softmax.int", this, dim, dtype);
        public Tensor log_softmax(long dim, ScalarType? dtype = default) => Op.Call("log_softmax.int", this, dim, dtype);
        public Tensor log_sigmoid() => Op.Call("log_sigmoid", this);
        public Tensor glu(long dim = -1) => Op.Call("glu", this, dim);
    }
}
