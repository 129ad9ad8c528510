using System.Numerics;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor tensor(bool scalar, ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
        From([scalar], [], dtype, device, requires_grad);
    public static Tensor tensor(byte scalar, Device device = null, bool requires_grad = false) =>
        From([scalar], [], null, device, requires_grad);
    public static Tensor tensor(sbyte scalar, Device device = null, bool requires_grad = false) =>
        From([scalar], [], null, device, requires_grad);
    public static Tensor tensor(short scalar, Device device = null, bool requires_grad = false) =>
        From([scalar], [], null, device, requires_grad);
    public static Tensor tensor(int scalar, Device device = null, bool requires_grad = false) =>
        From([scalar], [], null, device, requires_grad);
    public static Tensor tensor(long scalar, ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
        From([scalar], [], dtype, device, requires_grad);
    public static Tensor tensor(BFloat16 scalar, ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
        From([scalar], [], dtype, device, requires_grad);
    public static Tensor tensor(float real, float imaginary, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false) =>
        From([(real, imaginary)], [], dtype, device, requires_grad);
    public static Tensor tensor(float scalar, Device device = null, bool requires_grad = false) =>
        From([scalar], [], null, device, requires_grad);
    public static Tensor tensor(double real, double imaginary, ScalarType? dtype = default, Device device = null,
        bool requires_grad = false) =>
        From([new Complex(real, imaginary)], [], dtype, device, requires_grad);
    public static Tensor tensor(double scalar, ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
        From([scalar], [], dtype, device, requires_grad);
    public static Tensor tensor((float, float) scalar, ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
        From([scalar], [], dtype, device, requires_grad);
    public static Tensor tensor(Complex scalar, ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
        From([scalar], [], dtype, device, requires_grad);
    public static Tensor tensor((double, double) scalar, ScalarType? dtype = default, Device device = null, bool requires_grad = false) =>
        From([new Complex(scalar.Item1, scalar.Item2)], [], dtype, device, requires_grad);
}
