using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, 2019).</summary>
public class AdamW : OptimizerHelper, IBetas
{
    private readonly Options _defaults;

    public AdamW(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
        double weight_decay = 0, bool amsgrad = false, bool maximize = false)
        : this([new ParamGroup { Parameters = parameters }], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize)
    {
    }

    public AdamW(IEnumerable<ParamGroup> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
        double weight_decay = 0, bool amsgrad = false, bool maximize = false)
    {
        _defaults = ParamGroup.Of(lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);
        foreach (var group in parameters) add_param_group(group);
    }

    public (double, double) Betas
    {
        get => ((ParamGroup)Groups[0]).Betas;
        set => Groups.ForEach(group => ((ParamGroup)group).Betas = value);
    }

    public override void add_param_group(Modules.ParamGroup param_group)
    {
        var group = (ParamGroup)param_group;
        group.Parameters = group.Parameters.ToList();
        group.Options ??= new Options();
        group.Options.Complete(_defaults);
        base.add_param_group(group);
    }

    public override Tensor step(Func<Tensor> closure = null) => Step<ParamGroup, State>(closure, Update);

    protected override void Dispose(bool disposing)
    {
        if (disposing) DisposeStates();
        base.Dispose(disposing);
    }

    internal override OptimizerState NewState(Parameter parameter) => new State(parameter);

    private static void Update(ParamGroup group, State state, Parameter parameter, Tensor gradient)
    {
        var options = group.Options;
        if (options.maximize == true) gradient = gradient.neg();
        if (options.weight_decay is > 0 and { } decay) parameter.mul_(1 - group.LearningRate * decay);
        var denominator = Adaptive.Denominator(options.beta1.Value, options.beta2.Value, options.eps.Value, ++state.step, gradient,
            state.exp_avg, state.exp_avg_sq, state.max_exp_avg_sq);
        parameter.addcdiv_(state.exp_avg, denominator, -group.LearningRate / (1 - Math.Pow(options.beta1.Value, state.step)));
    }

    public class Options : OptimizerOptions
    {
        public double? beta1;
        public double? beta2;
        public double? eps;
        public double? weight_decay;
        public bool? amsgrad;
        public bool? maximize;

        public override void LoadStateDict(OptimizerOptions source)
        {
            base.LoadStateDict(source);
            var other = (Options)source;
            (beta1, beta2, eps) = (other.beta1, other.beta2, other.eps);
            (weight_decay, amsgrad, maximize) = (other.weight_decay, other.amsgrad, other.maximize);
        }

        internal void Complete(Options defaults)
        {
            InitialLearningRate = (LearningRate ??= defaults.LearningRate).Value;
            (beta1, beta2, eps) = (beta1 ?? defaults.beta1, beta2 ?? defaults.beta2, eps ?? defaults.eps);
            weight_decay ??= defaults.weight_decay;
            (amsgrad, maximize) = (amsgrad ?? defaults.amsgrad, maximize ?? defaults.maximize);
        }
    }

    public class ParamGroup : ParamGroup<Options>, IBetas
    {
        public ParamGroup()
        {
        }

        public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options)
        {
        }

        public ParamGroup(IEnumerable<Parameter> parameters, double lr = 0.001, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
            double weight_decay = 0, bool amsgrad = false, bool maximize = false)
            : base(parameters, Of(lr, beta1, beta2, eps, weight_decay, amsgrad, maximize))
        {
        }

        public (double, double) Betas
        {
            get => (Options.beta1.GetValueOrDefault(), Options.beta2.GetValueOrDefault());
            set => (Options.beta1, Options.beta2) = value;
        }

        internal static Options Of(double lr, double beta1, double beta2, double eps, double weight_decay, bool amsgrad, bool maximize)
        {
            Adaptive.Check(lr, beta1, beta2, eps, weight_decay);
            return new Options
            {
                LearningRate = lr,
                beta1 = beta1,
                beta2 = beta2,
                eps = eps,
                weight_decay = weight_decay,
                amsgrad = amsgrad,
                maximize = maximize,
            };
        }
    }

    public sealed class State : OptimizerState, IDisposable
    {
        public long step;
        public Tensor exp_avg;
        public Tensor exp_avg_sq;
        public Tensor max_exp_avg_sq;

        public State(Parameter parameter) : base(parameter)
        {
        }

        public override void Initialize(OptimizerOptions options)
        {
            (exp_avg, exp_avg_sq) = (Zeros(), Zeros());
            if (((Options)options).amsgrad == true) max_exp_avg_sq = Zeros();
        }

        public override void LoadStateDict(OptimizerState source)
        {
            var other = (State)source;
            step = other.step;
            Copy(ref exp_avg, other.exp_avg);
            Copy(ref exp_avg_sq, other.exp_avg_sq);
            Copy(ref max_exp_avg_sq, other.max_exp_avg_sq);
        }

        public override void to(Device device)
        {
            Move(ref exp_avg, device);
            Move(ref exp_avg_sq, device);
            Move(ref max_exp_avg_sq, device);
        }

        public void Dispose()
        {
            exp_avg?.Dispose();
            exp_avg_sq?.Dispose();
            max_exp_avg_sq?.Dispose();
        }
    }
}
