using PeftLabs.Models;
using PeftLabs.Tests.Formats;

namespace PeftLabs.Tests.Models;

public class ModelCatalogueTests
{
    public static TheoryData<string> Names => [.. ModelCatalogue.All.Select(m => m.Name)];

    [Theory, MemberData(nameof(Names))]
    public void The_config_has_the_parameters_that_are_published(string name)
    {
        var model = ModelCatalogue.Find(name);
        Assert.Equal(model.Parameters, model.Config.Parameters);
    }

    [Fact]
    public void Every_name_means_one_model()
    {
        var names = ModelCatalogue.All.SelectMany(m => m.Names).ToList();
        Assert.Equal(names.Count, names.Select(NearestNames.Plain).Distinct().Count());
        Assert.All(ModelCatalogue.All, m => Assert.All(m.Names, n => Assert.Same(m, ModelCatalogue.Find(n))));
    }

    [Theory]
    [InlineData("llama-3.1-70b", 70_553_706_496)]
    [InlineData("meta-llama/Llama-3.1-70B", 70_553_706_496)]
    [InlineData("META-LLAMA/LLAMA-3.1-70B", 70_553_706_496)]
    [InlineData("Llama 3.1 70B", 70_553_706_496)]
    [InlineData("llama-3.3-70b", 70_553_706_496)]
    [InlineData("llama-7b", 6_738_415_616)]
    [InlineData("Qwen/Qwen2.5-0.5B-Instruct", 494_032_768)]
    public void Short_and_hub_names_are_found_in_any_case(string name, long parameters) =>
        Assert.Equal(parameters, ModelCatalogue.Resolve(name).Parameters);

    [Theory]
    [InlineData("lama-3.1-70b", "llama-3.1-70b")]
    [InlineData("smolm2", "smollm2-135m")]
    [InlineData("qwen2.5-70b", "qwen2.5-72b")]
    public void An_unknown_name_is_refused_with_the_nearest_ones(string name, string nearest)
    {
        var refused = Assert.Throws<ArgumentException>(() => ModelCatalogue.Find(name));
        Assert.Contains(nearest, refused.Message);
        Assert.Contains("config.json", refused.Message);
    }

    [Fact]
    public void A_folder_and_a_config_file_are_read()
    {
        var folder = Shared.Fixture("models", "llama");
        Assert.Equal(ModelConfig.Load(folder).Parameters, ModelCatalogue.Resolve(folder).Parameters);
        Assert.Equal(ModelConfig.Load(folder).Parameters, ModelCatalogue.Resolve(Path.Combine(folder, "config.json")).Parameters);
    }

    [Fact]
    public void A_config_file_that_asks_for_too_much_is_refused_by_its_field()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"], """{"model_type": "mamba", "hidden_size": 64}""");
        var refused = Assert.Throws<ModelFormatException>(() => ModelCatalogue.Resolve(folder["config.json"]));
        Assert.Contains("model_type is 'mamba'", refused.Message);
    }

    [Fact]
    public void Shapes_of_the_bench_keep_their_names_and_the_catalogue_adds_its_own()
    {
        Assert.Equal(["smollm2-135m", "qwen2.5-0.5b", "llama-1.1b", "llama-7b"], ModelShapes.All.Keys);
        Assert.All(ModelShapes.All, shape => Assert.Equal(shape.Value.Parameters, ModelCatalogue.Find(shape.Key).Parameters));
        Assert.Equal(405_853_388_800, ModelShapes.Find("llama-3.1-405b").Parameters);
        Assert.Contains("smollm2-135m", Assert.Throws<ArgumentException>(() => ModelShapes.Find("smollm3-135m")).Message);
    }
}
