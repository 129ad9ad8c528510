using PeftLabs.Formats;
using PeftLabs.Hub;
using PeftLabs.Labs;
using PeftLabs.Models;
using PeftLabs.Tests.Hub;
using PeftLabs.Tokenization;
using PeftLabs.Training;

namespace PeftLabs.Tests.Labs;

public class LabModelTests
{
    [Fact]
    public void The_kit_s_own_model_is_what_its_report_and_card_say()
    {
        var report = PretrainingReport.Load(LabModel.Folder);
        var card = File.ReadAllText(Path.Combine(LabModel.Folder, "README.md"));
        using var model = CausalLM.Load(LabModel.Folder);
        var config = report.Spec.Config();
        Assert.Equal(config.EndTokens, model.Config.EndTokens);
        Assert.Equal(config, model.Config with { Source = null, EndTokens = config.EndTokens });
        Assert.Equal(report.Sha256, ContentHash.Of(Path.Combine(LabModel.Folder, "model.safetensors")));
        Assert.InRange(new DirectoryInfo(LabModel.Folder).EnumerateFiles().Sum(f => f.Length), 1, 20_000_000);
        foreach (var figure in new FormattableString[] { $"{report.Parameters:N0}", $"{report.Steps:N0} steps", $"{report.Documents:N0} documents", $"{report.HeldOutPerplexity:0.000}" })
            Assert.Contains(FormattableString.Invariant(figure), card);
    }

    [Fact]
    public void It_knows_the_text_that_it_was_trained_on()
    {
        var tokenizer = HuggingFaceTokenizer.Load(LabModel.Folder);
        using var model = CausalLM.Load(LabModel.Folder);
        var ids = TextGenerator.HeldOut(20).Take(20).SelectMany(d => tokenizer.EncodeToIds(d, false).Prepend(0)).ToList();
        Assert.InRange(Perplexity.Of(model, ids), 1, PretrainingReport.Load(LabModel.Folder).HeldOutPerplexity * 1.15);
    }

    [Fact]
    public async Task Where_the_hub_cannot_be_reached_the_kit_s_own_takes_the_place_of_its_model_and_says_so()
    {
        List<string> said = [];
        using var cache = new PeftLabs.Tests.Formats.TemporaryFolder();
        var offline = new HubOptions { CacheFolder = cache.Path, Offline = true };
        Assert.Equal(LabModel.Folder, await LabModel.PullOrOwnAsync("owner/name", said.Add, offline, TestContext.Current.CancellationToken));
        Assert.Contains("owner/name cannot be had here", said[0]);
        Assert.Contains(LabModel.Name, said[1]);
    }

    [Fact]
    public async Task A_model_of_the_hub_is_pulled_and_one_that_the_hub_lacks_is_an_error()
    {
        using var hub = new PullFixture();
        var folder = await LabModel.PullOrOwnAsync(PullFixture.Model, _ => { }, hub.Options, TestContext.Current.CancellationToken);
        Assert.Equal(hub.Snapshot, folder);
        var error = await Assert.ThrowsAsync<HubException>(
            () => LabModel.PullOrOwnAsync("nobody/nothing", _ => { }, hub.Options, TestContext.Current.CancellationToken));
        Assert.Equal(HubFailure.NotFound, error.Failure);
    }

    [Fact]
    public void No_name_and_its_own_name_mean_the_kit_s_own()
    {
        Assert.Equal(LabModel.Folder, LabModel.FolderOf());
        Assert.Equal(LabModel.Folder, LabModel.FolderOf(LabModel.Name));
        Assert.Equal(LabModel.Folder, ModelSource.Of(LabModel.Name).Folder);
        Assert.Throws<HubException>(() => LabModel.FolderOf("no such folder"));
    }

    [Fact]
    public void A_folder_is_found_in_the_repository_from_any_working_folder()
    {
        var folder = LabModel.FolderOf("data/models/" + LabModel.Name);
        Assert.Equal(Path.GetFullPath(LabModel.Folder), Path.GetFullPath(folder));
    }
}
