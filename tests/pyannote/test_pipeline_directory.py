"""A pipeline directory of the user's own: loaded when all of it lies there, refused with a remedy when not."""

from __future__ import annotations

from pathlib import Path

import lightning
import pytest
import torch
import yaml
from pyannote.audio.core.task import Problem, Resolution, Specifications
from pyannote.audio.models.embedding import XVectorSincNet

from inspector.diarisation.pyannote import PIPELINE, checkpoint_from_onnx, local_diariser
from inspector.errors import ConfigError, ModelError
from inspector.model import Span
from tests.pyannote.mono_calls import human_clip

CONFIG = {
    "version": "4.0.0",
    "pipeline": {
        "name": PIPELINE,
        "params": {
            "clustering": "AgglomerativeClustering",
            "segmentation": "$model/segmentation",
            "segmentation_step": 0.5,
            "embedding": "$model/embedding",
        },
    },
    "params": {
        "clustering": {"method": "average", "min_cluster_size": 3, "threshold": 0.3},
        "segmentation": {"min_duration_off": 0.0},
    },
}


def embedding_checkpoint() -> dict:
    """An embedding model whose weights are random: for loading, not for telling voices apart."""
    torch.manual_seed(1)
    model = XVectorSincNet()
    model.specifications = Specifications(Problem.REPRESENTATION, Resolution.CHUNK, duration=5.0)
    made = {"state_dict": model.state_dict(), "hyper_parameters": dict(model.hparams)}
    made["pytorch-lightning_version"] = lightning.__version__
    model.on_save_checkpoint(made)
    return made


def write(folder: Path, config: object) -> Path:
    (folder / "config.yaml").write_text(yaml.safe_dump(config), "utf-8")
    return folder


@pytest.fixture
def pipeline(segmentation, tmp_path) -> Path:
    """A complete directory; "pyannote" and "speechbrain" in its path must not mislead."""
    folder = tmp_path / "pyannote" / "speechbrain"
    models = {"segmentation": checkpoint_from_onnx(*segmentation), "embedding": embedding_checkpoint()}
    for name, checkpoint in models.items():
        (folder / name).mkdir(parents=True)
        torch.save(checkpoint, folder / name / "pytorch_model.bin")
    return write(folder, CONFIG)


def changed(*place: str, value: object = None) -> dict:
    """The configuration with one thing replaced, or taken out."""
    config = yaml.safe_load(yaml.safe_dump(CONFIG))
    inner = config
    for key in place[:-1]:
        inner = inner[key]
    if value is None:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return config


def test_is_loaded_and_diarises(pipeline):
    diariser = local_diariser(pipeline, 1)
    audio, _ = human_clip()
    found = diariser.diarise(audio, 0, (Span(6, 20),))
    assert found.speakers >= 1
    assert min(s.start_s for s in found.spans) == 6 and max(s.end_s for s in found.spans) == 20


def test_is_named_by_all_of_its_bytes(pipeline):
    before = local_diariser(pipeline, 1).name
    assert local_diariser(pipeline, 1).name == before
    write(pipeline, changed("params", "clustering", "threshold", value=0.31))
    assert local_diariser(pipeline, 1).name != before


@pytest.mark.parametrize("name", ["pyannote/speaker-diarization-community-1", "no/such/directory", "~/none"])
def test_a_name_of_a_hub_is_no_directory(name):
    with pytest.raises(ConfigError, match="no such pipeline directory") as caught:
        local_diariser(Path(name), 1)
    assert "never fetched" in caught.value.remedy


@pytest.mark.parametrize(
    ("config", "what"),
    [
        (changed("pipeline", "params", "segmentation", value="pyannote/segmentation-3.0"), "segmentation is pyannote/"),
        (changed("pipeline", "params", "embedding", value="$model/other"), "embedding is \\$model/other"),
        (changed("pipeline", "params", "embedding"), "embedding is the default, which lies on a hub"),
        (changed("pipeline", "params", "clustering", value="VBxClustering"), "plda is the default"),
        (changed("pipeline", "params", "clustering", value="KMeansClustering"), "clustering is KMeans"),
        (changed("pipeline", "params", "clustering"), "clustering is None"),
        (changed("pipeline", "name", value="pyannote.audio.pipelines.pyannoteai.sdk.SDK"), "no local diarisation"),
        (changed("pipeline", "name", value="os.system"), "no local diarisation"),
        (changed("preprocessors", value={"audio": "/tmp/x.wav"}), "preprocessors cannot be used"),
        (changed("pipeline", "params", value=[1]), "no local diarisation"),
        (changed("params"), "no config.yaml with a pipeline"),
        (changed("pipeline"), "no config.yaml with a pipeline"),
        ([1, 2], "no config.yaml with a pipeline"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_all_here_is_refused(pipeline, config, what):
    with pytest.raises(ConfigError, match=what) as caught:
        local_diariser(write(pipeline, config), 1)
    assert caught.value.remedy


def test_no_configuration_or_no_yaml(pipeline):
    (pipeline / "config.yaml").write_text("a: [", "utf-8")
    with pytest.raises(ConfigError, match=r"no config\.yaml"):
        local_diariser(pipeline, 1)
    (pipeline / "config.yaml").unlink()
    with pytest.raises(ConfigError, match=r"no config\.yaml"):
        local_diariser(pipeline, 1)


@pytest.mark.parametrize("content", [b"", b"no checkpoint", b"\x80\x02."])
def test_a_damaged_checkpoint(pipeline, content):
    (pipeline / "embedding" / "pytorch_model.bin").write_bytes(content)
    with pytest.raises(ModelError, match="cannot be loaded"):
        local_diariser(pipeline, 1)


@pytest.mark.parametrize(
    "config",
    [
        changed("params", "clustering", "threshold"),
        changed("pipeline", "params", "unknown", value=1),
    ],
    ids=["missing value", "unknown parameter"],
)
def test_parameters_that_do_not_fit(pipeline, config):
    with pytest.raises(ModelError, match="cannot be loaded") as caught:
        local_diariser(write(pipeline, config), 1)
    assert caught.value.remedy
