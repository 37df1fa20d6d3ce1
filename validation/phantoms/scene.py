"""Surroundings and renderer: one off-screen plotter per clip whose points are moved from frame to frame."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from phantoms.camera import View
from phantoms.spec import Scene

Array = NDArray[np.float64]
Image = NDArray[np.uint8]

#: More than the picture is rendered where distortion pulls it in.
MARGIN = 1.15
#: SD of the lens' blur [px].
LENS_BLUR_PX = 0.6
BELT_M = (1.7, 0.55)
#: Length of the pattern on belt and ground [m].
PATTERN_M = 2.0
SKY = {"plain": ("#b9c4cf", "#dfe5ea"), "gym": ("#c9c3b8", "#e6e1d8"), "grass": ("#cfdcea", "#7fa8d8")}


class Renderer:
    """Draws a moving surface in its surroundings.

    Parameters
    ----------
    view : the camera
    scene : light and surroundings
    faces : triangles of the moving surface
    colours : per triangle
    middle : point of the ground under the runner [m]
    seed : of the scenery
    """

    def __init__(
        self, view: View, scene: Scene, faces: NDArray[np.intp], colours: NDArray[np.uint8], middle: Array, seed: int
    ) -> None:
        import pyvista  # noqa: PLC0415 - heavy, and absent where only the product is installed
        from scipy import sparse  # noqa: PLC0415

        self.view, self.scene, self._pv, self._middle = view, scene, pyvista, middle
        pyvista.global_theme.allow_empty_mesh = True
        self._random = np.random.default_rng(seed)
        self._faces = faces
        n = int(faces.max()) + 1
        columns = np.tile(np.arange(len(faces)), 3)
        self._spread = sparse.csr_matrix((np.ones(3 * len(faces)), (faces.T.ravel(), columns)), shape=(n, len(faces)))
        size = [round(side * (MARGIN if view.k1 else 1.0)) for side in view.size]
        self._plot: Any = pyvista.Plotter(off_screen=True, window_size=size, lighting="none")
        self._plot.disable_anti_aliasing()  # many samples a pixel cost twice the time; the lens softens edges instead
        top, bottom = SKY[scene.background]
        self._plot.set_background(top, top=bottom)
        self._mesh = pyvista.PolyData(np.zeros((n, 3)), np.column_stack([np.full(len(faces), 3), faces]).ravel())
        self._mesh.cell_data["colour"] = colours
        self._mesh.point_data.active_normals = np.tile([0.0, 1.0, 0.0], (n, 1))
        actor = self._plot.add_mesh(
            self._mesh, scalars="colour", rgb=True, ambient=scene.ambient, specular=0.08, diffuse=0.9
        )
        actor.prop.interpolation = "gouraud"
        self._textured: list[tuple[Any, Array, float]] = []
        self._surroundings()
        self._aim(size)
        self._remap = self._distortion(size) if view.k1 else None

    def _aim(self, size: list[int]) -> None:
        view, camera = self.view, self._plot.camera
        camera.position = tuple(view.position)
        camera.focal_point = tuple(view.position + view.axes[2])
        camera.up = tuple(-view.axes[1])
        camera.view_angle = float(np.degrees(2 * np.arctan2(size[1] / 2, view.focal_px)))
        camera.clipping_range = (0.2, 60.0)
        azimuth, elevation = np.radians([self.scene.light_azimuth_deg, self.scene.light_elevation_deg])
        flat = -view.axes[2] * np.array([1.0, 0.0, 1.0])
        flat /= np.linalg.norm(flat)
        across = np.cross([0.0, 1.0, 0.0], flat)
        away = (
            np.cos(elevation) * (np.cos(azimuth) * flat + np.sin(azimuth) * across) + np.sin(elevation) * np.eye(3)[1]
        )
        for direction, strength in ((away, 0.75), (-flat * -1.0 + 0.3 * np.eye(3)[1], 0.2)):
            light = self._pv.Light(position=tuple(self._middle + 8 * direction), focal_point=tuple(self._middle))
            light.intensity = strength * self.scene.light
            self._plot.add_light(light)

    def _box(self, centre: Array, size: tuple[float, float, float], colour: str) -> None:
        box = self._pv.Cube(center=tuple(self._middle + centre), x_length=size[0], y_length=size[1], z_length=size[2])
        self._plot.add_mesh(box, color=colour, ambient=0.45, diffuse=0.6)

    def _floor(self, size: tuple[float, float], height: float, image: Image, repeat: float) -> None:
        """Lay a textured rectangle that runs backwards; `repeat` is the length of the picture on it [m]."""
        half = np.array(size) / 2
        signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
        corners = np.column_stack([signs[:, 0] * half[0], np.full(4, height), signs[:, 1] * half[1]])
        plane = self._pv.PolyData(corners + self._middle, np.array([4, 0, 1, 2, 3]))
        coordinates = corners[:, [0, 2]] / repeat
        plane.point_data.active_texture_coordinates = coordinates.astype(np.float32)
        texture = self._pv.Texture(image)
        texture.repeat = True
        self._plot.add_mesh(plane, texture=texture, ambient=0.5, diffuse=0.6)
        self._textured.append((plane, coordinates, repeat))

    def _noise(self, colour: tuple[int, int, int], spread: float, grain: int) -> Image:
        fine = self._random.normal(0, spread, (256, 256, 1))
        coarse = self._random.normal(0, spread, (256 // grain, 256 // grain, 1)).repeat(grain, 0).repeat(grain, 1)
        return np.clip(np.array(colour) + fine + coarse, 0, 255).astype(np.uint8)

    def _surroundings(self) -> None:
        if self.scene.background == "grass":
            self._floor((60, 60), 0.0, self._noise((92, 132, 62), 14, 16), 1.5)
            return
        if self.scene.background == "plain":
            self._floor((30, 30), 0.0, self._noise((150, 150, 152), 3, 32), PATTERN_M)
            return
        self._box(np.array([0.0, -0.21, 0.0]), (30.0, 0.1, 30.0), "#7a746c")
        belt = self._noise((52, 52, 56), 6, 8)
        belt[:6] = 88
        self._floor(BELT_M, 0.0, belt.transpose(1, 0, 2), PATTERN_M / 2)
        self._box(np.array([0.0, -0.085, 0.0]), (BELT_M[0] + 0.1, 0.15, BELT_M[1] - 0.02), "#2b2b2e")
        for z in (-1.0, 1.0):
            self._box(np.array([0.0, -0.07, z * (BELT_M[1] / 2 + 0.06)]), (BELT_M[0] + 0.2, 0.14, 0.12), "#85888c")
        depth = self.view.axes[2] * np.array([1.0, 0.0, 1.0])
        depth /= np.linalg.norm(depth)
        across = np.cross(depth, [0.0, 1.0, 0.0])
        for place in self._random.uniform(-3.2, 3.2, 5):
            height = float(self._random.uniform(0.5, 1.8))
            grey = (
                f"#{int(self._random.integers(0x40, 0xB0)):02x}" + f"{int(self._random.integers(0x40, 0xB0)):02x}" * 2
            )
            centre = 4.5 * depth + place * across + np.array([0.0, height / 2 - 0.16, 0.0])
            self._box(centre, (0.5, height, 0.5), grey)

    def _distortion(self, size: list[int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        width, height = self.view.size
        grid = np.stack(np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5), axis=-1)
        source = self.view.undistorted(grid) + (np.array(size) - np.array(self.view.size)) / 2 - 0.5
        return source[..., 0].astype(np.float32), source[..., 1].astype(np.float32)

    def draw(self, points: NDArray[np.float32], belt_m: float) -> Image:
        """Return a picture of the surface; `belt_m` is how far belt or ground have run backwards [m]."""
        import cv2  # noqa: PLC0415 - with the product's own dependencies

        a, b, c = (points[self._faces[:, i]] for i in range(3))
        normals = self._spread @ np.cross(b - a, c - a)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
        self._mesh.points = points
        self._mesh.point_data.active_normals = normals.astype(np.float32)
        for plane, coordinates, repeat in self._textured:
            moved = coordinates + np.array([belt_m / repeat % 1.0, 0.0])
            plane.point_data.active_texture_coordinates = moved.astype(np.float32)
        self._plot.render()
        image = np.asarray(self._plot.screenshot(return_img=True))[..., :3]
        if self._remap is not None:
            image = cv2.remap(image, *self._remap, cv2.INTER_LINEAR)
        return np.asarray(cv2.GaussianBlur(np.ascontiguousarray(image), (0, 0), LENS_BLUR_PX))

    def close(self) -> None:
        """Free the window."""
        self._plot.close()
