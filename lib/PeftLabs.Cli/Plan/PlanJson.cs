using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using PeftLabs.Models;
using PeftLabs.Planning;
using PeftLabs.Planning.Advice;
using PeftLabs.Training.Optimizers;

namespace PeftLabs.Cli.Plan;

/// <summary>Advice as one JSON object.</summary>
public static class PlanJson
{
    private static readonly JsonSerializerOptions _readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The object on one line.</summary>
    public static string Of(PlanRequest request, AdviceReport report) => new JsonObject
    {
        ["model"] = Model(request),
        ["budget_bytes"] = report.Request.BudgetBytes,
        ["batch"] = report.Request.Batch,
        ["tokens"] = report.Request.Tokens,
        ["machine"] = Machine(request),
        ["fits"] = report.Chosen.Fits,
        ["chosen"] = Chosen(request, report),
        ["methods"] = new JsonArray([.. report.Methods.Select(m => Method(m, request.Advice))]),
        ["ladder"] = new JsonArray([.. report.Ladder.Select((r, i) => Rung(r, i == 0 ? null : report.Ladder[i - 1]))]),
        ["limits"] = report.Limits is { } limits ? Limits(limits, report) : null,
    }.ToJsonString(_readable);

    private static JsonObject Model(PlanRequest request)
    {
        var c = request.Advice.Config;
        return new()
        {
            ["name"] = ModelCatalogue.TryFind(request.Model)?.Name ?? request.Model,
            ["parameters"] = c.Parameters,
            ["layers"] = c.Layers,
            ["hidden_size"] = c.HiddenSize,
            ["vocabulary_size"] = c.VocabularySize,
            ["max_positions"] = c.MaxPositions,
        };
    }

    private static JsonObject Machine(PlanRequest request)
    {
        var speed = request.Advice.Speed;
        var machine = new JsonObject
        {
            ["name"] = speed.Name,
            ["flops_per_second"] = speed.FlopsPerSecond,
            ["bytes_per_second"] = speed.BytesPerSecond,
            ["speed"] = request.Gpu is not null ? "published" : request.IsSpeedAssumed ? "assumed" : "measured",
        };
        if (request.Gpu is { } gpu)
            machine["gpu"] = new JsonObject
            {
                ["memory_bytes"] = gpu.MemoryBytes,
                ["context_bytes"] = Gpu.ContextBytes,
                ["workspace_bytes"] = Gpu.WorkspaceBytes,
                ["rounding_bytes"] = gpu.RoundingBytes,
                ["budget_bytes"] = gpu.Budget,
                ["products"] = gpu.HalfType,
            };
        return machine;
    }

    private static JsonObject Chosen(PlanRequest request, AdviceReport report)
    {
        var chosen = Method(report.Chosen, request.Advice);
        chosen["command"] = "./lab " + PlanTextParts.Command(request, report.Chosen.Set);
        chosen["stages"] = new JsonObject([.. report.Result.Stages.Select(s => KeyValuePair.Create(s.Stage.ToString(), (JsonNode?)Stage(s)))]);
        return chosen;
    }

    private static JsonObject Method(MethodAdvice advice, AdviceRequest request)
    {
        var set = advice.Set;
        return new()
        {
            ["method"] = TuningMethods.Name(set.Method),
            ["fits"] = advice.Fits,
            ["peak_bytes"] = advice.PeakBytes,
            ["seconds_per_step"] = advice.Seconds,
            ["tokens_per_second"] = request.Batch * request.Tokens / advice.Seconds,
            ["ties"] = advice.Ties,
            ["options"] = Options(set),
        };
    }

    // The names are those of TechniqueSet, TrainingOptions and ModelLoadOptions.
    private static JsonObject Options(TechniqueSet set) => new()
    {
        ["rank"] = set.Lora?.Rank,
        ["projections"] = set.Projections.Name,
        ["embedding"] = set.Embedding.Name,
        ["checkpointing"] = set.Checkpointing.Name,
        ["optimizer"] = OptimizerNames.Name(set.Optimizer),
        ["fused_step"] = set.FusedStep,
        ["accumulate"] = set.Accumulate,
        ["saved_activations"] = set.SavedActivations.ToString().ToLowerInvariant(),
        ["offload"] = set.Offload.ToString().ToLowerInvariant(),
        ["streaming"] = set.Streaming,
        ["attention"] = set.Attention.ToString().ToLowerInvariant(),
        ["loss_chunk_bytes"] = set.LossChunkBytes,
        ["loss"] = set.Loss.ToString().ToLowerInvariant(),
    };

    private static JsonObject Rung(AdviceRung rung, AdviceRung? before) => new()
    {
        ["technique"] = rung.Name,
        ["option"] = rung.Options,
        ["peak_bytes"] = rung.PeakBytes,
        ["saved_bytes"] = before is null ? null : before.PeakBytes - rung.PeakBytes,
        ["seconds_per_step"] = rung.Seconds,
        ["added_seconds"] = before is null ? null : rung.Seconds - before.Seconds,
        ["binding_stage"] = rung.Binding.Stage.ToString(),
        ["binding_term"] = Term(rung.BindingTerm),
        ["peaks"] = new JsonObject([.. rung.Stages.Select(s => KeyValuePair.Create(s.Stage.ToString(), (JsonNode?)s.PeakBytes))]),
    };

    private static JsonObject Stage(StagePrediction stage) => new()
    {
        ["end_bytes"] = stage.EndBytes,
        ["peak_bytes"] = stage.PeakBytes,
        ["peak"] = new JsonArray([.. stage.Peak.Select(Term)]),
        ["end"] = new JsonArray([.. stage.End.Select(Term)]),
    };

    private static JsonObject Term(MemoryTerm term) => new()
    {
        ["name"] = term.Name,
        ["formula"] = term.Formula,
        ["category"] = term.Category.ToString(),
        ["bytes"] = term.Bytes,
        ["factors"] = new JsonObject([.. term.Factors.Select(f => KeyValuePair.Create(f.Symbol, (JsonNode?)f.Value))]),
        ["source"] = term.Source,
    };

    private static JsonObject Limits(AdviceLimits limits, AdviceReport report) => new()
    {
        ["rows_at_once"] = limits.Rows,
        ["batch"] = limits.Rows * report.Chosen.Set.Accumulate,
        ["tokens"] = limits.Tokens,
        ["model"] = Fit(limits.Model),
        ["model_streamed"] = Fit(limits.StreamedModel),
    };

    private static JsonObject? Fit(CatalogueFit? fit) => fit is null ? null : new()
    {
        ["name"] = fit.Model.Name,
        ["parameters"] = fit.Model.Parameters,
        ["peak_bytes"] = fit.PeakBytes,
        ["method"] = TuningMethods.Name(fit.Set.Method),
        ["options"] = Options(fit.Set),
    };
}
